package interpret_test

import (
	"testing"

	"github.com/countersign/countersign/internal/interpret"
)

// Full names stand within runs of letters, without an address beside them, in front of and behind what names have around them.
func TestNamesKnownBySurname(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"佐藤花子さんのアカウント作成をお願いいたします。\n役割は技術者、メールアドレスは p@acme.example です。", "add_user 佐藤花子 <p@acme.example> [technician]"},
		{"10月1日付で配属になりました佐藤花子(p@acme.example)に、技術者の権限を付与いただきたくお願い申し上げます。", "add_user 佐藤花子 <p@acme.example> [technician]"},
		{"新しいメンバーの佐藤花子を技術者として登録してもらえますか？メールは p@acme.example です。", "add_user 佐藤花子 <p@acme.example> [technician]"},
		{"弊社の鈴木一郎を技術者として登録していただくことは可能でしょうか。メールは p@acme.example です。", "add_user 鈴木一郎 <p@acme.example> [technician]"},
		{"佐藤花子がポータルを使えるようにしていただきたいです。メールアドレス: p@acme.example 技術者でお願いします。", "add_user 佐藤花子 <p@acme.example> [technician]"},
		{"佐藤花子さんを副担当者に昇格させたいのですが、手続きをお願いできますか。", "change_role 佐藤花子 <> [secondary_contact]"},
		{"鈴木一郎が今月末で退職いたしますので、アカウントを削除していただけますでしょうか。", "remove_user 鈴木一郎 <> []"},
		{"退職した鈴木一郎の登録を外してください。", "remove_user 鈴木一郎 <> []"},
		{"佐藤花子の招待メールが届いていないようです。再送していただけますか。", "resend_invitation 佐藤花子 <> []"},
		{"弊社の田中太郎が12月8日(火)9:00〜12:00に入館します。手続きをお願いいたします。", "schedule_visit 田中太郎 <> []"},
		{"佐藤花子と鈴木一郎を技術者として登録してください。", "add_user 佐藤花子 <> [technician]\nadd_user 鈴木一郎 <> [technician]"},

		{"请为新同事李丽开通技术员权限,邮箱 p@acme.example。", "add_user 李丽 <p@acme.example> [technician]"},
		{"能否给我们的新工程师李丽开通技术员权限?她的邮箱是 p@acme.example。", "add_user 李丽 <p@acme.example> [technician]"},
		{"李丽现在升任主管,请将她的角色调整为主要联系人。", "change_role 李丽 <> [main_contact]"},
		{"王强上周离职了,麻烦取消他的访问权限。", "remove_user 王强 <> []"},
		{"请将王强从联系人名单中移除。", "remove_user 王强 <> []"},
		{"李丽没有收到邀请邮件,请重新发送一次。", "resend_invitation 李丽 <> []"},
		{"请添加以下两位同事为技术员:李丽(p@acme.example)和王强(r@acme.example)。", "add_user 李丽 <p@acme.example> [technician]\nadd_user 王强 <r@acme.example> [technician]"},

		{"김민수 씨에게 기술자 권한을 부여해 주시기 바랍니다. 이메일은 p@acme.example 입니다.", "add_user 김민수 <p@acme.example> [technician]"},
		{"새로 입사한 김민수의 계정을 만들어 주실 수 있을까요? 역할은 기술자이고 메일 주소는 p@acme.example입니다.", "add_user 김민수 <p@acme.example> [technician]"},
		{"김민수를 보조 연락처로 지정해 주십시오. 메일 주소는 p@acme.example이며, 박지영의 업무를 인수합니다.", "add_user 김민수 <p@acme.example> [secondary_contact]"},
		{"김민수를 주 연락처로 승격시켜 주실 수 있나요?", "change_role 김민수 <> [main_contact]"},
		{"박지영이 퇴사하여 계정을 삭제해 주시기 바랍니다.", "remove_user 박지영 <> []"},
		{"김민수와 박지영을 기술자로 등록해 주세요.", "add_user 김민수 <> [technician]\nadd_user 박지영 <> [technician]"},
	} {
		if b := meaningBut(c.text); b != c.want {
			t.Errorf("%s: %q, want %q", c.text, b, c.want)
		}
	}
}

// Whom a sentence only speaks of is not who is asked for.
func TestOthersKnownBySurname(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"佐藤花子の後任として鈴木一郎(p@acme.example)を技術者に登録してください。", "add_user 鈴木一郎 <p@acme.example> [technician]"},
		{"退職した佐藤花子に代わり、鈴木一郎を技術者として追加願います。", "add_user 鈴木一郎 <> [technician]"},
		{"佐藤花子ではなく鈴木一郎を技術者として登録してください。", "add_user 鈴木一郎 <> [technician]"},
		{"佐藤花子はそのままで、鈴木一郎を削除してください。", "remove_user 鈴木一郎 <> []"},
		{"佐藤花子に確認のうえ、鈴木一郎を技術者として登録してください。", "add_user 鈴木一郎 <> [technician]"},
		{"弊社部長の高橋健太が佐藤花子を技術者として追加するよう希望しております。手続きをお願いします。", "add_user 佐藤花子 <> [technician]"},
		{"佐藤花子の上司を主担当者として登録してください。", ""},
		{"请为接替王强的李丽开通技术员权限,邮箱 p@acme.example。", "add_user 李丽 <p@acme.example> [technician]"},
		{"请删除王强的账号,不是李丽的。", "remove_user 王强 <> []"},
		{"请先与李丽确认,再添加王强为技术员。", "add_user 王强 <> [technician]"},
		{"王强的上级需要技术员权限。", ""},
		{"请通知李丽,已添加王强为技术员。", ""},
		{"박지영의 후임으로 김민수(p@acme.example)를 기술자로 등록해 주세요.", "add_user 김민수 <p@acme.example> [technician]"},
		{"박지영 대신 김민수를 기술자로 추가해 주세요.", "add_user 김민수 <> [technician]"},
		{"김민수에게 확인 후 박지영을 기술자로 등록해 주세요.", "add_user 박지영 <> [technician]"},
		{"김민수는 그대로 두고 박지영을 삭제해 주세요.", "remove_user 박지영 <> []"},
		{"김민수의 상사를 주 담당자로 등록해 주세요.", ""},
	} {
		if b := meaningBut(c.text); b != c.want {
			t.Errorf("%s: %q, want %q", c.text, b, c.want)
		}
	}
}

// Words begin like names, too, and nobody is called by a word.
func TestWordsLikeSurnames(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"方針変更を登録してください。", "森林管理システムの登録を削除してください。", "石川県庁の担当者を追加してください。", "千葉支店のアカウントを追加してください。",
		"高橋部長のアカウントを削除してください。", "中村工務店を連絡先として登録してください。", "金曜日に登録をお願いします。", "原因調査を追加してください。",
		"请把高级权限开通。", "请为马上入职的同事开通权限。", "请开通江苏分公司的权限。", "周一请添加权限。", "江先生的账号请删除。", "请添加王工的账号。",
		"신청서를 등록해 주세요.", "서비스를 추가해 주세요.", "노트북을 등록해 주세요.", "고객사의 계정을 삭제해 주세요.", "우리팀을 추가해 주세요.", "이사님을 추가해 주세요.",
		"방화벽을 추가해 주세요.", "전화기를 등록해 주세요.",
	} {
		for _, q := range interpret.Read(mail(text), interpret.Context{Roles: models["contact-levels"]}).Requests {
			if q.Name != nil {
				t.Errorf("%s: a name, %q", text, *q.Name)
			}
		}
	}
}

// meaningBut is what a text asks, without the reason.
func meaningBut(text string) string {
	got := requestsOf(text)
	for i := range got {
		got[i].Reason = nil
	}
	return brief(got)
}

// In scripts without blanks what stands right in front of an address is a name only if it may be one.
func TestInFrontOfAddresses(t *testing.T) {
	t.Parallel()
	const resend, remove, add = "resend_invitation  <max.roe@acme.example> []", "remove_user  <max.roe@acme.example> []", "add_user  <max.roe@acme.example> [technician]"
	readings(t, map[string]string{
		"发给max.roe@acme.example的邀请已过期，请重新发送。":                                                 resend,
		"寄给max.roe@acme.example的邀请丢了，请重发。":                                                    resend,
		"先日max.roe@acme.exampleに送っていただいた招待メールが届いていません。再送してください。":                              resend,
		"어제 max.roe@acme.example로 보낸 초대를 다시 보내 주세요.":                                          resend,
		"退職したmax.roe@acme.exampleを削除してください。":                                                  remove,
		"新同事max.roe@acme.example需要技术员权限。":                                                     add,
		"新任のmax.roe@acme.exampleを技術者として追加してください。":                                             add,
		"请添加新同事（max.roe@acme.example）为技术员。":                                                   add,
		"新しい同僚（max.roe@acme.example）を技術者として追加してください。":                                         add,
		"请添加李丽max.roe@acme.example为技术员。":                                                      "add_user 李丽 <max.roe@acme.example> [technician]",
		"Die Einladung an max.roe@acme.example ist abgelaufen. Bitte schicken Sie eine neue.": resend,
		"La invitación de max.roe@acme.example ha caducado. Por favor envíen otra.":           resend,
	})
}

// readings wants each text to be read as meaningBut writes it.
func readings(t *testing.T, want map[string]string) {
	t.Helper()
	for text, w := range want {
		if got := meaningBut(text); got != w {
			t.Errorf("%q: %q, want %q", text, got, w)
		}
	}
}

// nothing wants each text to ask for nothing.
func nothing(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if got := meaningBut(text); got != "" {
			t.Errorf("%q: %q, want nothing", text, got)
		}
	}
}

func requestsOf(text string) []interpret.Request {
	return interpret.Read(mail(text), interpret.Context{Roles: models["contact-levels"]}).Requests
}
