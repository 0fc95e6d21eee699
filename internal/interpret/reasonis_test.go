package interpret_test

import (
	"testing"

	"github.com/countersign/countersign/internal/interpret"
)

// A clause can call what it tells the reason; the words that call it so are no part of it.
func TestReasonSaid(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"前田 拓也（p@acme.example）をTechnicianとして追加をお願いします。理由はサーバーの保守担当のためです。", "サーバーの保守担当"},
		{"2027年2月24日10時に、日立の前田 一郎様が入館します。作業内容は電源の点検です。", "電源の点検"},
		{"请把王小明（p@acme.example）添加为Technician。目的是更换服务器硬盘。", "更换服务器硬盘"},
		{"김민준 님(p@acme.example)을 Technician으로 추가해 주세요. 이번 작업 목적은 야간 점검입니다.", "야간 점검"},
		{"Прошу добавить Иван Петров (p@acme.example) как Technician. Причина — обслуживание серверов.", "обслуживание серверов"},
		{"Ali Yılmaz (p@acme.example) kişisini Technician olarak ekler misiniz? Nedeni sunucu bakımı.", "sunucu bakımı"},
		{"Please add Jane Doe (p@acme.example) as technician. The reason is quite simple: I retire in June.", "I retire in June"},
		{"Please add Jane Doe (p@acme.example) as technician. What for: monthly backup tapes.", "monthly backup tapes"},
		{"Bitte nehmen Sie Jane Doe (p@acme.example) als Technikerin auf. Der Grund ist, dass Herr Maier in Rente geht.", "Herr Maier in Rente geht"},
		{"Merci d'ajouter Jane Doe (p@acme.example) comme technicienne. La raison est le départ de M. Petit.", "le départ de M. Petit"},
		{"Por favor añadan a Jane Doe (p@acme.example) como técnica. El motivo es la jubilación del señor Gil.", "la jubilación del señor Gil"},
		{"Please add Jane Doe (p@acme.example) as technician. Simple as that.", ""},
		{"前田 拓也（p@acme.example）をTechnicianとして追加をお願いします。理由は以下のとおりです。", ""},
	} {
		got := interpret.Read(mail(c.text), interpret.Context{Roles: models["contact-levels"]}).Requests
		if len(got) != 1 || str(got[0].Reason) != c.want && !(c.want == "" && got[0].Reason == nil) {
			t.Errorf("%s: %s, want %q", c.text, brief(got), c.want)
		}
	}
}

// A list of people is no reason.
func TestNamesAreNoReason(t *testing.T) {
	t.Parallel()
	if got := requestsOf("Our technicians are Jane Doe, Max Roe and Tim Fox. Please remove Max Roe."); len(got) != 1 || got[0].Reason != nil {
		t.Errorf("%v", got)
	}
}
