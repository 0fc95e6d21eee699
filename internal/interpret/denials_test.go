package interpret_test

import (
	"strings"
	"testing"
)

// Nobody is added whom a mail says to get no access, in no language.
func TestDeniedAccess(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"Jane Doe (jane@acme.example) is our new technician. Please don't give her access yet.",
		"Jane Doe (jane@acme.example) is our new technician. She must not get access before January.",
		"Jane Doe (jane@acme.example) is our new technician, but there is no need to add her.",
		"Jane Doe (jane@acme.example) ist unsere neue Technikerin. Bitte geben Sie ihr noch keinen Zugang.",
		"Jane Doe (jane@acme.example) ist unsere neue Technikerin. Sie darf vor Januar keinen Zugang bekommen.",
		"Jane Doe (jane@acme.example) ist unsere neue Technikerin, sie muss aber nicht angelegt werden.",
		"Jane Doe (jane@acme.example) est notre nouvelle technicienne. Ne lui donnez pas encore accès.",
		"Jane Doe (jane@acme.example) est notre nouvelle technicienne, mais il ne faut pas l'ajouter.",
		"Jane Doe (jane@acme.example) est notre nouvelle technicienne. Elle ne doit pas avoir d'accès avant janvier.",
		"Jane Doe (jane@acme.example) es nuestra nueva técnica. No le den acceso todavía.",
		"Jane Doe (jane@acme.example) es nuestra nueva técnica, pero no hace falta darla de alta.",
		"Jane Doe (jane@acme.example) es nuestra nueva técnica. No debe tener acceso antes de enero.",
		"Jane Doe (jane@acme.example) è la nostra nuova tecnica. Non datele ancora accesso.",
		"Jane Doe (jane@acme.example) è la nostra nuova tecnica, ma non serve aggiungerla.",
		"Jane Doe (jane@acme.example) è la nostra nuova tecnica. Non deve avere accesso prima di gennaio.",
		"A Jane Doe (jane@acme.example) é a nossa nova técnica. Não lhe deem acesso ainda.",
		"A Jane Doe (jane@acme.example) é a nossa nova técnica, mas não é preciso adicioná-la.",
		"A Jane Doe (jane@acme.example) é a nossa nova técnica. Não deve ter acesso antes de janeiro.",
		"Jane Doe (jane@acme.example) is onze nieuwe technicus. Geef haar nog geen toegang.",
		"Jane Doe (jane@acme.example) is onze nieuwe technicus, maar u hoeft haar niet toe te voegen.",
		"Jane Doe (jane@acme.example) is onze nieuwe technicus. Zij mag voor januari geen toegang krijgen.",
		"Jane Doe (jane@acme.example) är vår nya tekniker. Ge henne inte åtkomst ännu.",
		"Jane Doe (jane@acme.example) är vår nya tekniker, men ni behöver inte lägga till henne.",
		"Jane Doe (jane@acme.example) är vår nya tekniker. Hon ska inte ha åtkomst före januari.",
		"Jane Doe (jane@acme.example) to nasza nowa techniczka. Proszę jeszcze nie dawać jej dostępu.",
		"Jane Doe (jane@acme.example) to nasza nowa techniczka, ale nie trzeba jej dodawać.",
		"Jane Doe (jane@acme.example) to nasza nowa techniczka. Nie może mieć dostępu przed styczniem.",
		"Jane Doe (jane@acme.example) yeni teknisyenimiz. Ona henüz erişim vermeyin.",
		"Jane Doe (jane@acme.example) yeni teknisyenimiz ama eklemenize gerek yok.",
		"Jane Doe (jane@acme.example) yeni teknisyenimiz. Ocaktan önce erişimi olmamalı.",
		"Jane Doe (jane@acme.example) — наш новый техник. Пока не давайте ей доступ.",
		"Jane Doe (jane@acme.example) — наш новый техник, но добавлять её не нужно.",
		"Jane Doe (jane@acme.example) — наш новый техник. До января у неё не должно быть доступа.",
		"佐藤花子(hanako@acme.example)は新しい技術者です。まだ権限を付与しないでください。",
		"佐藤花子(hanako@acme.example)は新しい技術者ですが、登録は不要です。",
		"佐藤花子(hanako@acme.example)は新しい技術者です。1月までアクセスさせないでください。",
		"李丽(li.li@acme.example)是我们的新技术员。请暂时不要给她开通权限。",
		"李丽(li.li@acme.example)是我们的新技术员,但不需要添加她。",
		"李丽(li.li@acme.example)是我们的新技术员,暂不开通权限。",
		"김민수(minsu@acme.example)는 새 기술자입니다. 아직 권한을 부여하지 마세요.",
		"김민수(minsu@acme.example)는 새 기술자이지만 등록할 필요는 없습니다.",
		"김민수(minsu@acme.example)는 새 기술자입니다. 1월 전에는 접근하면 안 됩니다.",
		"佐藤花子を技術者として登録しないでください。",
		"佐藤花子の登録はしばらくお待ちください。",
		"佐藤花子の登録は見送ってください。",
		"请暂缓为李丽开通技术员权限。",
		"请不要为李丽开通技术员权限。",
		"李丽不需要技术员权限。",
		"김민수를 기술자로 등록하지 말아 주세요.",
		"김민수의 등록은 보류해 주세요.",
		"김민수는 기술자 권한이 필요하지 않습니다.",
	} {
		if b := meaningBut(text); b != "" {
			t.Errorf("%s: %q", text, b)
		}
	}
}

// That somebody has no access yet, cannot work without it or needs no badge denies nothing.
func TestLackingAccess(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"Please add Jane Doe (jane@acme.example) as Technician. She has no access yet.",
		"Please add Jane Doe (jane@acme.example) as Technician, she can't work without access.",
		"Please add Jane Doe (jane@acme.example) as Technician. She doesn't need physical access.",
		"Please add Jane Doe (jane@acme.example) as Technician, no badge needed.",
		"Bitte legen Sie Jane Doe (jane@acme.example) als Technikerin an, sie hat noch keinen Zugang.",
		"Bitte legen Sie Jane Doe (jane@acme.example) als Technikerin an. Ohne Zugang kann sie nicht arbeiten.",
		"Bitte legen Sie Jane Doe (jane@acme.example) als Technikerin an, sie bekommt keinen physischen Zugang.",
		"Merci d'ajouter Jane Doe (jane@acme.example) comme technicienne, elle n'a pas encore d'accès.",
		"Merci d'ajouter Jane Doe (jane@acme.example) comme technicienne. Sans accès elle ne peut pas travailler.",
		"Por favor, añadan a Jane Doe (jane@acme.example) como técnica, todavía no tiene acceso.",
		"Por favor, añadan a Jane Doe (jane@acme.example) como técnica. Sin acceso no puede trabajar.",
		"Aggiungete Jane Doe (jane@acme.example) come tecnico, non ha ancora accesso.",
		"Aggiungete Jane Doe (jane@acme.example) come tecnico. Senza accesso non può lavorare.",
		"Por favor adicionem a Jane Doe (jane@acme.example) como técnica, ainda não tem acesso.",
		"Por favor adicionem a Jane Doe (jane@acme.example) como técnica. Sem acesso não pode trabalhar.",
		"Graag Jane Doe (jane@acme.example) toevoegen als technicus, zij heeft nog geen toegang.",
		"Graag Jane Doe (jane@acme.example) toevoegen als technicus. Zonder toegang kan zij niet werken.",
		"Lägg till Jane Doe (jane@acme.example) som tekniker, hon har ingen åtkomst än.",
		"Lägg till Jane Doe (jane@acme.example) som tekniker. Utan åtkomst kan hon inte arbeta.",
		"Proszę dodać Jane Doe (jane@acme.example) jako technika, nie ma jeszcze dostępu.",
		"Proszę dodać Jane Doe (jane@acme.example) jako technika. Bez dostępu nie może pracować.",
		"Jane Doe'yu (jane@acme.example) teknisyen olarak ekleyin. Erişim olmadan çalışamıyor.",
		"Добавьте Jane Doe (jane@acme.example) как техника, у неё ещё нет доступа.",
		"Добавьте Jane Doe (jane@acme.example) как техника. Без доступа она не может работать.",
		"佐藤花子(hanako@acme.example)を技術者として登録してください。まだアクセス権がありません。",
		"请添加李丽(li.li@acme.example)为技术员,不需要门禁卡。",
		"김민수(minsu@acme.example)를 기술자로 등록해 주세요. 아직 권한이 없습니다.",
		"Bitte legen Sie Jane Doe (jane@acme.example) als Technikerin an. Ein Ausweis ist nicht nötig.",
		"Bitte Jane Doe (jane@acme.example) als Technikerin anlegen, Sie müssen nichts weiter tun.",
		"Please add Jane Doe (jane@acme.example) as Technician; there is no need to send her a badge.",
		"Please add Jane Doe (jane@acme.example) as Technician. You need not call me back.",
		"Por favor, añadan a Jane Doe (jane@acme.example) como técnica. No hace falta tarjeta.",
	} {
		if got := meaningBut(text); !strings.HasPrefix(got, "add_user ") || !strings.HasSuffix(got, "[technician]") {
			t.Errorf("%s: %q", text, got)
		}
	}
}

// Who shall have no access any more, and is to be deleted, is deleted; who shall not be deleted is not, and nobody is added by that.
func TestDeniedAccessBesideARemoval(t *testing.T) {
	t.Parallel()
	const list = "\n\nGabriel Nsengiyumva, gabriel@acme.example\nUlla Brandstrup, ulla@acme.example"
	const both = "remove_user Gabriel Nsengiyumva <gabriel@acme.example> []\nremove_user Ulla Brandstrup <ulla@acme.example> []"
	for text, want := range map[string]string{
		"Two people have left the pottery and should no longer have access, please delete them both:" + list: both,
		"Zwei Leute sind weg und sollen keinen Zugang mehr haben, bitte löschen Sie beide:" + list:           both,
		"Deux personnes sont parties et ne doivent plus avoir accès, merci de supprimer les deux :" + list:   both,
		"Twee mensen zijn weg en mogen geen toegang meer hebben, graag beiden verwijderen:" + list:           both,
		"Please do not delete these two, they stay:" + list:                                                  "",
		"Bitte löschen Sie diese beiden nicht:" + list:                                                       "",
		"Merci de ne pas supprimer ces deux personnes :" + list:                                              "",
		"Şu kişileri silmeyin:" + list:                                                                       "",
		"다음 사람을 삭제하지 마세요:" + list:                                                                            "",
		"请不要删除以下人员：" + list:                                                                                  "",
		"次の方は削除しないでください：" + list:                                                                             "",
		"Не удаляйте этих людей:" + list:                                                                     "",
		"Não removam estas pessoas:" + list:                                                                  "",
	} {
		if b := meaningBut(text); b != want {
			t.Errorf("%s: %q, want %q", text, b, want)
		}
	}
}
