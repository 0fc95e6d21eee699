package submission

import "context"

// Try connects, starts TLS, signs in and says goodbye. No mail is sent.
func (c *Client) Try(ctx context.Context) error {
	select {
	case <-c.turn:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	defer func() { c.turn <- struct{}{} }()
	if c.session == nil {
		s, err := c.dial(ctx)
		if err != nil {
			return err
		}
		c.session = s
	}
	defer c.drop()
	_ = c.session.smtp.UpdateDeadline(quitTimeout) // a courtesy: signing in is what was tried
	_ = c.session.smtp.Quit()
	return nil
}
