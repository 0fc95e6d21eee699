package interpret_test

import (
	"testing"

	"github.com/countersign/countersign/internal/interpret"
)

// Letters that are small words in Chinese are parts of names elsewhere, and right in front of the address of somebody.
func TestNamesInRunOnText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"弊社のリストに、森下 由紀恵（p@acme.example）をTechnicianとして追加をお願いします。", "add_user 森下 由紀恵 <p@acme.example> [technician]"},
		{"前田 向日葵（p@acme.example）をTechnicianとして追加をお願いします。", "add_user 前田 向日葵 <p@acme.example> [technician]"},
		{"原田拓也（p@acme.example）をTechnicianとして追加をお願いします。", "add_user 原田拓也 <p@acme.example> [technician]"},
		{"原 由美子さん（p@acme.example）をTechnicianとして追加をお願いします。", "add_user 原 由美子 <p@acme.example> [technician]"},
		{"人事部の由良 為人（p@acme.example）をTechnicianとして追加をお願いします。", "add_user 由良 為人 <p@acme.example> [technician]"},
		{"당사 오태경 과장(p@acme.example)을 Technician으로 추가해 주세요.", "add_user 오태경 <p@acme.example> [technician]"},
		{"인프라팀 박서연 선임(p@acme.example)을 Technician으로 추가해 주세요.", "add_user 박서연 <p@acme.example> [technician]"},
		{"정하나 책임연구원(p@acme.example)을 기술 담당자로 추가해 주세요.", "add_user 정하나 <p@acme.example> [technician]"},
		{"前田 拓也 係長（p@acme.example）をTechnicianとして追加をお願いします。", "add_user 前田 拓也 <p@acme.example> [technician]"},
		{"请添加王小明主管（p@acme.example）为Technician。", "add_user 王小明 <p@acme.example> [technician]"},
		{"请添加王志和（p@acme.example）为Technician。", "add_user 王志和 <p@acme.example> [technician]"},
		{"请为王小明（p@acme.example）开通Technician权限。", "add_user 王小明 <p@acme.example> [technician]"},
		{"2027年2月24日10時に、東都電設株式会社の大久保 亮様が訪問します。", "schedule_visit 大久保 亮 <> []"},
		{"2027年2月24日10時に、北電工業株式会社 大久保 亮様が訪問します。", "schedule_visit 大久保 亮 <> []"},
	} {
		got := interpret.Read(mail(c.text), interpret.Context{Roles: models["contact-levels"]}).Requests
		for i := range got {
			got[i].Reason = nil
		}
		if b := brief(got); b != c.want {
			t.Errorf("%s: %q, want %q", c.text, b, c.want)
		}
	}
}
