package mailaddr_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/countersign/countersign/internal/mailaddr"
)

func TestLooksLike(t *testing.T) {
	t.Parallel()
	known := []string{"prov.example", "acme.example", "modern-tools.co.uk", "müller.de", "ibm.com"}
	for name, tt := range map[string]struct {
		domain, like string
		how          mailaddr.Likeness
	}{
		"known":                {"acme.example", "", ""},
		"known_capitals":       {"ACME.Example.", "", ""},
		"below_known":          {"mail.acme.example", "", ""},
		"below_same":           {"tools.modern-tools.co.uk", "", ""},
		"unlike":               {"contoso.example", "", ""},
		"two_letters_off":      {"acnne.example", "", ""},
		"short_names_differ":   {"ibn.com", "", ""},
		"short_other_ending":   {"ibm.example", "", ""},
		"same_suffix_only":     {"other.co.uk", "", ""},
		"a_part_of_the_name":   {"tools.co.uk", "", ""},
		"no_domain":            {"", "", ""},
		"public_suffix":        {"co.uk", "", ""},
		"cyrillic_mixed":       {"асme.example", "acme.example", mailaddr.LikeLetters},
		"cyrillic_a_label":     {"xn--me-6kc2e.example", "acme.example", mailaddr.LikeLetters},
		"greek":                {"αcme.example", "acme.example", mailaddr.LikeLetters},
		"full_width_is_known":  {"ａcme.example", "", ""},
		"rn":                   {"acrne.example", "acme.example", mailaddr.LikeLetters},
		"rn_for_m_elsewhere":   {"rnodern-tools.co.uk", "modern-tools.co.uk", mailaddr.LikeLetters},
		"zero":                 {"m0dern-to0ls.co.uk", "modern-tools.co.uk", mailaddr.LikeLetters},
		"one":                  {"modern-too1s.co.uk", "modern-tools.co.uk", mailaddr.LikeLetters},
		"mark_dropped":         {"muller.de", "müller.de", mailaddr.LikeLetters},
		"mark_added":           {"ácme.example", "acme.example", mailaddr.LikeLetters},
		"below_confusable":     {"mail.acrne.example", "acme.example", mailaddr.LikeLetters},
		"letter_more":          {"accme.example", "acme.example", mailaddr.LikeOneOff},
		"letter_less":          {"acm.example", "acme.example", mailaddr.LikeOneOff},
		"other_letter":         {"acne.example", "acme.example", mailaddr.LikeOneOff},
		"swapped":              {"amce.example", "acme.example", mailaddr.LikeOneOff},
		"transliterated":       {"mueller.de", "müller.de", mailaddr.LikeOneOff},
		"other_ending":         {"acme.com", "acme.example", mailaddr.LikeEnding},
		"shorter_ending":       {"modern-tools.uk", "modern-tools.co.uk", mailaddr.LikeEnding},
		"joined_by_hyphen":     {"acme-example.com", "acme.example", mailaddr.LikeJoined},
		"joined":               {"acmeexample.com", "acme.example", mailaddr.LikeJoined},
		"in_front":             {"acme.example.evil.test", "acme.example", mailaddr.LikeJoined},
		"hyphen_left_out":      {"moderntools.co.uk", "modern-tools.co.uk", mailaddr.LikeJoined},
		"of_the_provider":      {"prov-example.net", "prov.example", mailaddr.LikeJoined},
		"in_front_of_a_longer": {"xacme.example.evil.test", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			like, how := mailaddr.LooksLike(tt.domain, known)
			if like != tt.like || how != tt.how {
				t.Errorf("%s is like %q (%s), want %q (%s)", tt.domain, like, how, tt.like, tt.how)
			}
		})
	}
}

// A known domain, and what stands below it, is like no other, whatever else is known; one letter put in is seen.
func TestLooksLikeOneLetterMore(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[b-hjkp-t]{5,12}`).Draw(t, "name")
		at := rapid.IntRange(0, len(name)).Draw(t, "at")
		changed := name[:at] + "z" + name[at:]
		if like, how := mailaddr.LooksLike("a."+changed+".example", []string{name + ".example"}); like != name+".example" || how != mailaddr.LikeOneOff {
			t.Fatalf("%s.example is like %q (%s)", changed, like, how)
		}
		if like, _ := mailaddr.LooksLike("a."+changed+".example", []string{name + ".example", changed + ".example"}); like != "" {
			t.Fatalf("%s.example is known and like %q", changed, like)
		}
	})
}
