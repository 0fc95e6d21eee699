package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"

	"golang.org/x/net/html"
)

// browser opens pages and submits their forms, with cookies, as a person's would.
type browser struct {
	http *http.Client
	page *url.URL
	body string
}

func newBrowser() (*browser, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, fmt.Errorf("making a browser: %w", err)
	}
	return &browser{http: &http.Client{Jar: jar}}, nil
}

func (b *browser) open(ctx context.Context, link string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, link, nil)
	if err != nil {
		return fmt.Errorf("opening the link: %w", err)
	}
	return b.do(req)
}

func (b *browser) do(req *http.Request) error {
	resp, err := b.http.Do(req)
	if err != nil {
		return fmt.Errorf("asking for a page: %w", err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return fmt.Errorf("reading a page: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the page answers %s", resp.Status)
	}
	b.page, b.body = resp.Request.URL, string(data)
	return nil
}

// press submits the page's first form, with its hidden fields and those given.
func (b *browser) press(ctx context.Context, fields map[string]string) error {
	action, values, err := form(b.body)
	if err != nil {
		return err
	}
	for k, v := range fields {
		if !values.Has(k) {
			return fmt.Errorf("the page has no field %q", k)
		}
		values.Set(k, v)
	}
	to, err := b.page.Parse(action)
	if err != nil {
		return fmt.Errorf("finding the form's address: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to.String(), strings.NewReader(values.Encode()))
	if err != nil {
		return fmt.Errorf("pressing the button: %w", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", to.Scheme+"://"+to.Host)
	return b.do(req)
}

// form finds the first form of a page: where it goes and which fields it has.
func form(page string) (action string, values url.Values, err error) {
	z := html.NewTokenizer(strings.NewReader(page))
	for {
		switch z.Next() {
		case html.ErrorToken:
			if values == nil {
				return "", nil, errors.New("the page has no form")
			}
			return action, values, nil
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			switch {
			case t.Data == "form" && values == nil:
				action, values = attr(t, "action"), url.Values{}
			case (t.Data == "input" || t.Data == "button") && values != nil && attr(t, "name") != "":
				values.Set(attr(t, "name"), attr(t, "value"))
			}
		case html.EndTagToken:
			if t := z.Token(); t.Data == "form" && values != nil {
				return action, values, nil
			}
		}
	}
}

func attr(t html.Token, name string) string {
	for _, a := range t.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
