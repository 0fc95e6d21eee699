package interpret

import "testing"

// TestFindAddress: an address ends and begins where the words of a script without blanks do; in a domain or a local part of such a script
// they belong to it.
func TestFindAddress(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"アドレスはjane@acme.exampleです。":             "jane@acme.example",
		"メールはjane.doe@mail.acme.exampleにお願いします": "jane.doe@mail.acme.example",
		"주소는 jane@acme.example입니다. 감사":          "jane@acme.example",
		"주소는jane@acme.example입니다.감사합니다":         "jane@acme.example",
		"她的邮箱是jane@acme.example，谢谢":             "jane@acme.example",
		"邮箱jane2@acme.example":                  "jane2@acme.example",
		"info@shop日本.jp":                        "info@shop日本.jp",
		"用户@例子.公司":                              "用户@例子.公司",
		"山田taro@例え.jp":                          "山田taro@例え.jp",
		"jane@acme.exampłe":                     "jane@acme.exampłe",
		"jane@acme.com/":                        "jane@acme.com",
		"jane@acme":                             "",
	} {
		if got := addressIn(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
