package interpret

import "strings"

// A sentence can call what it tells the reason: "目的は配線工事です", "사유는 서버 점검입니다", "Powodem jest …".

var (
	reasonIs, reasonIsEnd   = cue("reason_is"), cue("reason_is_end")
	reasonOpens, reasonThat = cue("reason_opens"), cue("reason_that")
)

// maxBeforeReasonIs is how many words stand between the beginning of such a clause and its lead: "이번 방문 목적은".
const maxBeforeReasonIs = 2

// reasonSaid returns what a sentence says the reason is.
func reasonSaid(sc *scene) *string {
	if !sc.says(reasonIs, reasonOpens) || sc.question {
		return nil
	}
	begun := 0
	for i := range sc.tokens {
		if sc.tokens[i].kind != wordToken {
			begun = i + 1
			continue
		}
		from := behindReasonIs(sc, i, begun)
		if from == 0 {
			continue
		}
		rest := sc.in.scan(sc.text[behindThat(sc, from):])
		if rest.says(words.Ask, words.NoReason, words.Refer) || hasAddress(rest.text) {
			return nil
		}
		if v := strings.Trim(withoutReasonEnd(strings.TrimRight(onOneLine(rest.text), " .。！!")), " ,;:–—-，、："); v != "" {
			return &v
		}
		return nil
	}
	return nil
}

// behindThat is where what stands at byte from begins without the mark and the "that" which join it: "der Grund ist, dass …".
func behindThat(sc *scene, from int) int {
	for i := range sc.tokens {
		if t := &sc.tokens[i]; t.start >= from && t.kind == wordToken {
			if i+1 < len(sc.tokens) && t.in(reasonThat) {
				return sc.tokens[i+1].start
			}
			break
		}
	}
	return from
}

// behindReasonIs is where a lead ends that token i begins or, in a script without blanks, holds; 0 if none does. Its clause begins at
// token begun.
func behindReasonIs(sc *scene, i, begun int) int {
	t := &sc.tokens[i]
	if !hasIdeograph(t.text) {
		if i != begun {
			return 0
		}
		if end := sc.starts(i, reasonIs); end > 0 && end < len(sc.tokens) {
			return sc.tokens[end].start
		}
		if end := sc.starts(i, reasonOpens); end > 0 && end < len(sc.tokens) && sc.tokens[end].text == ":" {
			return sc.tokens[end].end
		}
		return 0
	}
	longest := 0
	for p := range reasonIs.runOn() {
		if strings.HasPrefix(t.text, p) && i-begun <= maxBeforeReasonIs {
			longest = max(longest, len(p))
		}
	}
	if longest == 0 || t.start+longest == len(sc.text) {
		return 0
	}
	return t.start + longest
}

// withoutReasonEnd takes the verb off what stands behind a lead that has none.
func withoutReasonEnd(s string) string {
	longest := ""
	for p := range reasonIsEnd.runOn() {
		if strings.HasSuffix(s, p) && len(p) > len(longest) && len(p) < len(s) {
			longest = p
		}
	}
	return strings.TrimSuffix(s, longest)
}
