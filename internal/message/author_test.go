package message_test

import "testing"

func TestAuthor(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ header, name, address string }{
		"bare":                  {"From: jane@acme.example", "", "jane@acme.example"},
		"angle":                 {"From: <jane@acme.example>", "", "jane@acme.example"},
		"name":                  {"From: Jane Doe <Jane@acme.example>", "Jane Doe", "Jane@acme.example"},
		"dots_in_name":          {"From: J. R. Doe <jane@acme.example>", "J. R. Doe", "jane@acme.example"},
		"quoted_name":           {`From: "Doe, Jane \"JD\"" <jane@acme.example>`, `Doe, Jane "JD"`, "jane@acme.example"},
		"address_in_quotes":     {`From: "boss@bank.example" <jane@acme.example>`, "boss@bank.example", "jane@acme.example"},
		"encoded_in_quotes":     {`From: "=?utf-8?q?J=C3=A4ne?=" <jane@acme.example>`, "Jäne", "jane@acme.example"},
		"comment_as_name":       {"From: jane@acme.example (Jane (the) Doe)", "Jane (the) Doe", "jane@acme.example"},
		"comment_hides_address": {"From: (boss@bank.example) <jane@acme.example>", "", "jane@acme.example"},
		"folded":                {"From: Jane\n Doe\n\t<jane@acme.example>", "Jane Doe", "jane@acme.example"},
		"raw_latin1_name":       {"From: J\xe4ne <jane@acme.example>", "J\ufffdne", "jane@acme.example"},
		"u_label":               {"From: jane@bücher.example", "", "jane@xn--bcher-kva.example"},
		"quoted_local_part":     {`From: "jane doe"@acme.example`, "", `"jane doe"@acme.example`},
		"comma_at_the_end":      {"From: jane@acme.example,", "", "jane@acme.example"},
		"blank_before_colon":    {"From : jane@acme.example", "", "jane@acme.example"},
		"lower_case_field":      {"from: jane@acme.example", "", "jane@acme.example"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := parse(t, tt.header+"\n\n")
			if m.AuthorErr != nil {
				t.Fatal(m.AuthorErr)
			}
			if m.Author.Name != tt.name || m.Author.Address.String() != tt.address {
				t.Errorf("author %q %q, want %q %q", m.Author.Name, m.Author.Address, tt.name, tt.address)
			}
		})
	}
}

func TestNoSingleAuthor(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ header, reason string }{
		"no_field":              {"To: a@x.test", "no From field"},
		"two_fields":            {"From: a@x.test\nSubject: s\nFrom: a@x.test", "more than one From field"},
		"second_in_disguise":    {"From: a@x.test\nFROM : b@x.test", "more than one From field"},
		"second_with_nul":       {"From: a@x.test\nFrom\x00: b@x.test", "more than one From field"},
		"only_a_malformed_name": {"Fr\x01om: a@x.test\nSubject: s", "the name of the From field is malformed"},
		"empty":                 {"From:", "no address in the From field"},
		"two_addresses":         {"From: a@x.test, b@x.test", "more than one address in the From field"},
		"semicolon":             {"From: a@x.test; b@x.test", "more than one address in the From field"},
		"group":                 {"From: team: a@x.test;", "the From field has a group"},
		"empty_group":           {"From: undisclosed:;", "the From field has a group"},
		"nul":                   {"From: a@x.test\x00", "control characters in the From field"},
		"bare_cr":               {"From: a@x.test\rFrom: b@x.test", "control characters in the From field"},
		"encoded_nul":           {"From: =?utf-8?q?boss=40bank.example=00?= <a@x.test>", "control characters in the From field"},
		"encoded_line_break":    {"From: =?utf-8?q?x=0A?= <a@x.test>", "control characters in the From field"},
		"two_angles":            {"From: <a@x.test> <b@x.test>", "the From field is malformed"},
		"address_before_angle":  {"From: a@x.test <b@x.test>", "the From field is malformed"},
		"text_behind_angle":     {"From: <a@x.test> b", "the From field is malformed"},
		"open_angle":            {"From: A <a@x.test", "the From field is malformed"},
		"open_quote":            {`From: "A <a@x.test>`, "the From field is malformed"},
		"open_comment":          {"From: a@x.test (A", "the From field is malformed"},
		"source_route":          {"From: <@b.test:a@x.test>", "the From field is malformed"},
		"two_words":             {"From: Jane a@x.test", "the From field is malformed"},
		"encoded_address":       {"From: =?utf-8?q?a=40x.test?=@y.test", "the From field is malformed"},
		"address_literal":       {"From: a@[192.0.2.1]", "the From field is malformed"},
		"null_path":             {"From: <>", "the From field is malformed"},
		"no_at":                 {"From: root", "the From field is malformed"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := parse(t, tt.header+"\n\n")
			if m.AuthorErr == nil || m.AuthorErr.Error() != tt.reason {
				t.Errorf("AuthorErr = %v, want %q", m.AuthorErr, tt.reason)
			}
			if m.Author.Name != "" || !m.Author.Address.IsZero() {
				t.Errorf("author %v beside the error", m.Author)
			}
		})
	}
}
