package web

import (
	"errors"
	"log/slog"
	"net/http"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/token"
)

// registration is what the pages about a live invitation show.
type registration struct {
	View    access.InvitationView // as in stopForm
	Path    string                // of the invitation's page
	CSRF    string
	Problem string // what was wrong with the code: one of the names below, or empty
}

// What can be wrong with what was typed; the words stand in code.html.
const (
	problemFormat = "format"
	problemWrong  = "wrong"
	problemPolicy = "policy"
	problemNone   = "none"
	problemMany   = "many"
)

// invitation shows who invited whom to what.
func (s *Server) invitation(w http.ResponseWriter, r *http.Request, in visitor) {
	s.redeemable(w, r, http.StatusOK, "invitation", in, "")
}

// codeForm is where sendCode leads: reloading it sends no second code.
func (s *Server) codeForm(w http.ResponseWriter, r *http.Request, in visitor) {
	s.redeemable(w, r, http.StatusOK, "code", in, "")
}

// redeemable shows a page of the invitation if it can still be redeemed, and else why it cannot.
func (s *Server) redeemable(w http.ResponseWriter, r *http.Request, status int, page string, in visitor, problem string) {
	view, err := s.registrar.Invitation(r.Context(), in.token)
	if err != nil {
		s.refuse(w, r, in, err)
		return
	}
	view.Address = mask(view.Address)
	s.render(w, r, status, view.Language, page, registration{View: view, Path: s.at(registering, in.token), CSRF: in.session.csrf(), Problem: problem})
}

func (s *Server) sendCode(w http.ResponseWriter, r *http.Request, f submission) {
	err := s.registrar.SendCode(r.Context(), f.token, f.session.digest())
	switch {
	case errors.Is(err, access.ErrTooManyCodes):
		s.redeemable(w, r, http.StatusTooManyRequests, "code", f.visitor, problemMany)
	case err != nil:
		s.refuse(w, r, f.visitor, err)
	default:
		http.Redirect(w, r, s.at(registering, f.token)+"/code", http.StatusSeeOther)
	}
}

func (s *Server) register(w http.ResponseWriter, r *http.Request, f submission) {
	code, ok := token.ParseCode(f.code)
	if !ok {
		s.redeemable(w, r, http.StatusUnprocessableEntity, "code", f.visitor, problemFormat)
		return
	}
	// What the last page shows is read before: afterwards there is no live invitation.
	view, err := s.registrar.Invitation(r.Context(), f.token)
	if err != nil {
		s.refuse(w, r, f.visitor, err)
		return
	}
	err = s.registrar.Register(r.Context(), f.token, f.session.digest(), code, r.PostFormValue("policy"))
	switch {
	case errors.Is(err, access.ErrWrongCode):
		s.redeemable(w, r, http.StatusUnprocessableEntity, "code", f.visitor, problemWrong)
	case errors.Is(err, access.ErrNotAccepted):
		s.redeemable(w, r, http.StatusUnprocessableEntity, "code", f.visitor, problemPolicy)
	case errors.Is(err, access.ErrNoCode):
		s.redeemable(w, r, http.StatusConflict, "code", f.visitor, problemNone)
	case err != nil:
		s.refuse(w, r, f.visitor, err)
	default:
		s.render(w, r, http.StatusOK, view.Language, "registered", registration{View: view})
	}
}

func (s *Server) renew(w http.ResponseWriter, r *http.Request, f submission) {
	view, _ := s.registrar.Invitation(r.Context(), f.token) // its error comes from Renew again
	if err := s.registrar.Renew(r.Context(), f.token); err != nil {
		s.refuse(w, r, f.visitor, err)
		return
	}
	s.noticeIn(w, r, http.StatusOK, view.Language, linkRenewed)
}

// refuse says why an invitation cannot be redeemed and what to do about it.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, in visitor, err error) {
	switch {
	case errors.Is(err, access.ErrNoInvitation):
		s.notice(w, r, http.StatusNotFound, unknownInvitation)
	case errors.Is(err, access.ErrInvitationUsed):
		view, _ := s.registrar.Invitation(r.Context(), in.token)
		s.noticeIn(w, r, http.StatusGone, view.Language, usedInvitation)
	case errors.Is(err, access.ErrInvitationExpired):
		n := expiredInvitation
		view, err := s.registrar.Invitation(r.Context(), in.token)
		if errors.Is(err, access.ErrInvitationExpired) && view.Address != "" {
			n.Renew = &renewal{Action: s.at(registering, in.token) + "/renew", CSRF: in.session.csrf(), Address: mask(view.Address)}
		}
		s.noticeIn(w, r, http.StatusGone, view.Language, n)
	default:
		s.failed(w, r, "redeeming an invitation", err)
	}
}

// failed answers where the fault is ours.
func (s *Server) failed(w http.ResponseWriter, r *http.Request, what string, err error) {
	if r.Context().Err() == nil {
		s.cfg.Log.Error("request failed", slog.String("route", r.Pattern), slog.String("while", what), slog.Any("error", err))
	}
	s.notice(w, r, http.StatusInternalServerError, internalError)
}
