package interpret

import "slices"

// otherLists are places on mailing lists, newsletters and the like, with the word in front of them.
var otherLists = cue("other_lists")

// asksBesideLists says whether a role is asked for where no lists but ours are spoken of: who is put on a mailing list gets no access, but
// somebody may be wanted on both.
func (rd *reader) asksBesideLists(p *prose) bool {
	return slices.ContainsFunc(p.sentences, func(s sentence) bool {
		if s.says(otherLists) {
			sc := rd.sceneOf(beforeListing(&s))
			return sc.asks && len(sc.roles) > 0 && len(rd.scene(s).names) < 2 // or who is wanted where is not sure
		}
		sc := rd.scene(s)
		return sc.asks && len(sc.roles) > 0
	})
}

// withoutListings leaves nobody and nothing in the sentences that only put people on other lists, or take them off.
func withoutListings(scenes []scene) {
	for i := range scenes {
		if sc := &scenes[i]; sc.says(otherLists) && len(sc.roles) == 0 {
			*sc = scene{sentence: sc.sentence}
		}
	}
}

// beforeListing is what a sentence says before it goes on to put somebody on a list: "add her as Technician" of "… and put her on the mailing list".
func beforeListing(s *sentence) string {
	toks := s.tokens
	for k := range toks {
		if s.starts(k, otherLists) == 0 {
			continue
		}
		for k--; k > 0; k-- {
			if toks[k].in(andWords) && (toks[k+1].in(putVerbs) || toks[k+1].in(verbAdd)) {
				return s.text[:toks[k].start]
			}
		}
		break
	}
	return ""
}
