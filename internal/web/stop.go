package web

import (
	"errors"
	"net/http"
	"slices"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/token"
)

// stopForm is what the pages about something that can be stopped show.
type stopForm struct {
	View    access.StopView // until the code is typed with its addresses masked: whoever has the link need not know them
	Path    string
	CSRF    string
	Problem string // as in registration
}

// stopPage shows what the holder of the token can stop.
func (s *Server) stopPage(w http.ResponseWriter, r *http.Request, v visitor) {
	s.stoppable(w, r, http.StatusOK, "stop", v, "")
}

// stopCodeForm is where sendStopCode leads: reloading it sends no second code.
func (s *Server) stopCodeForm(w http.ResponseWriter, r *http.Request, v visitor) {
	s.stoppable(w, r, http.StatusOK, "stop_code", v, "")
}

// stoppable shows a page if there is something to stop, and else why there is nothing.
func (s *Server) stoppable(w http.ResponseWriter, r *http.Request, status int, page string, v visitor, problem string) {
	view, err := s.stopper.Stoppable(r.Context(), v.token)
	if err != nil {
		s.unstoppable(w, r, v, err)
		return
	}
	view.Address, view.Lines = mask(view.Address), slices.Clone(view.Lines)
	for i := range view.Lines {
		if l := &view.Lines[i]; l.Email != "" {
			l.Email = mask(l.Email)
		}
	}
	s.render(w, r, status, view.Language, page, stopForm{View: view, Path: s.at(stopping, v.token),
		CSRF: v.session.csrf(), Problem: problem})
}

func (s *Server) sendStopCode(w http.ResponseWriter, r *http.Request, f submission) {
	err := s.stopper.SendStopCode(r.Context(), f.token, f.session.digest())
	switch {
	case errors.Is(err, access.ErrTooManyCodes):
		s.stoppable(w, r, http.StatusTooManyRequests, "stop_code", f.visitor, problemMany)
	case err != nil:
		s.unstoppable(w, r, f.visitor, err)
	default:
		http.Redirect(w, r, s.at(stopping, f.token)+"/code", http.StatusSeeOther)
	}
}

func (s *Server) stopIt(w http.ResponseWriter, r *http.Request, f submission) {
	code, ok := token.ParseCode(f.code)
	if !ok {
		s.stoppable(w, r, http.StatusUnprocessableEntity, "stop_code", f.visitor, problemFormat)
		return
	}
	// What the last page shows is read before: afterwards there is nothing left to stop.
	view, err := s.stopper.Stoppable(r.Context(), f.token)
	if err != nil {
		s.unstoppable(w, r, f.visitor, err)
		return
	}
	err = s.stopper.Stop(r.Context(), f.token, f.session.digest(), code)
	switch {
	case errors.Is(err, access.ErrWrongCode):
		s.stoppable(w, r, http.StatusUnprocessableEntity, "stop_code", f.visitor, problemWrong)
	case errors.Is(err, access.ErrNoCode):
		s.stoppable(w, r, http.StatusConflict, "stop_code", f.visitor, problemNone)
	case err != nil:
		s.unstoppable(w, r, f.visitor, err)
	default:
		s.render(w, r, http.StatusOK, view.Language, "stopped", stopForm{View: view})
	}
}

// unstoppable says why nothing can be stopped.
func (s *Server) unstoppable(w http.ResponseWriter, r *http.Request, v visitor, err error) {
	switch {
	case errors.Is(err, access.ErrNoApproval):
		s.notice(w, r, http.StatusNotFound, unknownStop)
	case errors.Is(err, access.ErrNothingToStop):
		view, _ := s.stopper.Stoppable(r.Context(), v.token) // its error is this one again
		s.noticeIn(w, r, http.StatusGone, view.Language, nothingToStop)
	default:
		s.failed(w, r, "stopping", err)
	}
}
