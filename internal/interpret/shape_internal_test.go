package interpret

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// shaped are the forms, tables and lists that there are, each with the marks that it needs alone.
var shaped = []string{
	"Name\nJane Doe\n\nEmail\njane@acme.example\n\nRole\nTechnician",
	"Colleague to add\nJane Doe\n\nEmail\njane@acme.example\n\nHer badge level\nTechnician",
	"Name: Jane Doe\nEmail: jane@acme.example\nRole: Technician",
	"Colleague = Jane Doe\nAddress = jane@acme.example\nBadge level = Technician",
	"Colleague > Jane Doe\nAddress > jane@acme.example\nBadge level > Technician",
	"Name...Jane Doe\nEmail ___ jane@acme.example\nRole – Technician",
	"【氏名】Jane Doe\n【メールアドレス】jane@acme.example",
	"- Name\nJane Doe\n\n- Email\njane@acme.example",
	"1. Name\nJane Doe\n\n2. Email\njane@acme.example",
	"* *Name*\nJane Doe\n\n* *Email*\njane@acme.example",
	"Name...Jane Doe\nEmail...jane@acme.example\nRole...Technician",
	"[ ] Billing\n[x] Technician\njane@acme.example",
	"☐ Billing\n☑ Technician\njane@acme.example",
	"1) Jane Doe\n2) jane@acme.example\n3) Technician",
	"Jane Doe\njane@acme.example\nTechnician\nnight shifts",
	"Jane Doe (jane@acme.example)\nBob Roe (bob.roe@acme.example)",
	"- Jane Doe, jane@acme.example, Technician",
	"2. Jane Doe, Technician, night shifts",
	"Jane Doe / jane@acme.example / Technician",
	"Name, Email, Role\nJane Doe, jane@acme.example, Technician",
	"Person, Where, What they get\nJane Doe, jane@acme.example, Technician",
	"Name  Email  Role\nJane Doe  jane@acme.example  Technician",
	"Name\tEmail\nJane Doe\tjane@acme.example",
	"Jane Doe; jane@acme.example; Technician",
	"Name\nEmail\nRole\nJane Doe\njane@acme.example\nTechnician",
	"Jane Doe (jane@acme.example)\nRole: Technician",
	"Please add the people below:\nJane Doe\nBob Roe",
	"Please add Jane Doe, thanks.\nShe is on call, and knows the site.\nRegards",
}

// A reading that the shape of a text leaves out would have found nothing.
func TestShape(t *testing.T) {
	t.Parallel()
	load()
	book := bookOf([]Role{{ID: "technician", Title: "Technician"}, {ID: "billing", Title: "Billing"}})
	rapid.Check(t, func(t *rapid.T) {
		lines := strings.Split(strings.Join(rapid.SliceOfN(rapid.SampledFrom(shaped), 1, 2).Draw(t, "texts"), "\n"), "\n")
		for range rapid.IntRange(0, 2).Draw(t, "lines left out") {
			i := rapid.IntRange(0, len(lines)-1).Draw(t, "line")
			lines = append(lines[:i:i], lines[min(i+1, len(lines)-1):]...)
		}
		text := strings.Join(lines, "\n")
		of := shapeOf(text)
		rd := &reader{book: book}
		if form := rd.relabelled(text); !of.mayBeForm() && form != text {
			t.Errorf("%q is a form: %q", text, form)
		}
		if records, _ := labelledRecords(text); !of.mayBeLabelled() && len(records) > 0 {
			t.Errorf("%q has labels", text)
		}
		if records, _ := listRecords(text, book); !of.mayBeList() && len(records) > 0 {
			t.Errorf("%q is a list", text)
		}
	})
}

func TestEntryMark(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		line := strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"=", ">", ":", "：", " ", "-", "~", "»", "–", "→", ".", "…", "Name"}), 0, 12).Draw(t, "line"), "")
		at, size := 0, 0
		for _, mark := range entryMarks {
			if k := strings.Index(line, mark); k > 0 && (at == 0 || k < at) {
				at, size = k, len(mark)
			}
		}
		if gotAt, gotSize := entryMark(line); gotAt != at || gotSize != size {
			t.Errorf("%q: %d bytes at %d, want %d at %d", line, gotSize, gotAt, size, at)
		}
	})
}

// What is looked up of a label begins as the labels do.
func TestLabelBegins(t *testing.T) {
	t.Parallel()
	load()
	for i := range words.fieldOf.len() {
		label := words.fieldOf.word(uint32(i + 1))
		for _, s := range []string{label, strings.ToUpper(label), label + " é"} {
			if !hasAnyByte(s, &labelPieces) && !beginsLabel(s) {
				t.Errorf("%q begins no label", s)
			}
		}
	}
	for i := range fieldWords.labelOf.len() {
		if label := fieldWords.labelOf.word(uint32(i + 1)); extraLabel(label) != fieldWords.field(label) {
			t.Errorf("%q is the label of %q", label, extraLabel(label))
		}
	}
}
