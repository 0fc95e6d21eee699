package web

import "net/http"

// notice is a page of a heading, a few sentences and at most one thing to do.
type notice struct {
	Heading string
	Text    []string
	Link    *link
	Button  *button
}

type link struct{ Href, Label string }

type button struct{ Action, CSRF, Label string }

var (
	unknownInvitation = notice{Heading: "We do not know this invitation", Text: []string{
		"Perhaps the link was cut off on its way: open it from the mail again, or copy it whole. If a newer invitation mail has come since, only that one works.",
		"If that does not help, answer the invitation mail and ask for a new link."}}
	usedInvitation = notice{Heading: "This invitation has been used", Text: []string{
		"If that was you, you are registered and there is nothing left to do.",
		"If it was not you, please tell us at once."}}
	expiredInvitation = notice{Heading: "This invitation has expired", Text: []string{
		"Links work for a limited time only. A new one can be sent, to the invited address and no other."}}
	linkRenewed = notice{Heading: "A new link is on its way", Text: []string{
		"Look for a new invitation in your mail and open the link in it. The old link does not work any more.",
		"You can close this page."}}
	foreignForm = notice{Heading: "Please start again", Text: []string{
		"This page was open too long, or the invitation was opened a second time, or the browser does not keep cookies, which this page needs. Nothing was sent and nothing was changed."}}
	unreadableForm = notice{Heading: "That could not be read", Text: []string{
		"The browser sent something other than our form. Open the link in the mail and try again."}}
	internalError = notice{Heading: "Something went wrong on our side", Text: []string{
		"It is not your fault. Please try again in a few minutes."}}
	nothingHere = notice{Heading: "There is nothing here", Text: []string{
		"If you were invited, open the link in your invitation mail: copy it whole if clicking does not work."}}
	conversationHidden = notice{Heading: "There is nothing to see here", Text: []string{
		"If you were invited, open the link in your invitation mail.",
		"For staff: the conversation is shown on the machine itself only, under an address of its own that no proxy leads to."}}
	wrongHost = notice{Heading: "Not under this name", Text: []string{
		"This page is not served under the name in the address bar. Use the machine's own address, such as 127.0.0.1, or the public one."}}
)

func (s *Server) notice(w http.ResponseWriter, r *http.Request, status int, n notice) {
	s.render(w, r, status, "notice", n)
}

func (s *Server) notFound(w http.ResponseWriter, r *http.Request) {
	s.notice(w, r, http.StatusNotFound, nothingHere)
}
