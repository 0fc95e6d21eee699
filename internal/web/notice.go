package web

import "net/http"

// notice is a page of a few sentences and at most one thing to do. Its words stand in notice.html, by its name.
type notice struct {
	Name  string
	Again string // path of the link's page, to open it again; "" for none
	Renew *renewal
}

// renewal is the button that has a new link sent.
type renewal struct{ Action, CSRF, Address string }

var (
	unknownInvitation  = notice{Name: "unknown"}
	usedInvitation     = notice{Name: "used"}
	expiredInvitation  = notice{Name: "expired"}
	linkRenewed        = notice{Name: "renewed"}
	unknownStop        = notice{Name: "unasked"}
	nothingToStop      = notice{Name: "unstoppable"}
	foreignForm        = notice{Name: "foreign"}
	unreadableForm     = notice{Name: "unreadable"}
	internalError      = notice{Name: "failed"}
	nothingHere        = notice{Name: "nothing"}
	conversationHidden = notice{Name: "hidden"}
	wrongHost          = notice{Name: "host"}
)

// notice shows one in the language that the browser asks for: it is not known who reads it.
func (s *Server) notice(w http.ResponseWriter, r *http.Request, status int, n notice) {
	s.noticeIn(w, r, status, "", n)
}

// noticeIn shows one to somebody whose language is known.
func (s *Server) noticeIn(w http.ResponseWriter, r *http.Request, status int, language string, n notice) {
	s.render(w, r, status, language, "notice", n)
}

func (s *Server) notFound(w http.ResponseWriter, r *http.Request) {
	s.notice(w, r, http.StatusNotFound, nothingHere)
}
