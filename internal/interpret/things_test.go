package interpret_test

import "testing"

// What somebody has, and is no access, may be removed without them.
func TestThingsOfPeople(t *testing.T) {
	t.Parallel()
	nothing(t,
		"Please remove Jane Doe's laptop from our cage.",
		"Please get Jane Doe's laptop removed from our cage.",
		"Please delete the ticket of Jane Doe (jane@acme.example).",
		"Bitte löschen Sie das Ticket von Jane Doe (jane@acme.example).",
		"Merci de supprimer le ticket de Jane Doe (jane@acme.example).",
		"Por favor, eliminen el ticket de Jane Doe (jane@acme.example).",
		"Vi prego di cancellare il ticket di Jane Doe (jane@acme.example).",
		"Por favor apaguem o ticket de Jane Doe (jane@acme.example).",
		"Graag het ticket van Jane Doe (jane@acme.example) verwijderen.",
		"Vänligen ta bort ärendet från Jane Doe (jane@acme.example).",
		"Vänligen ta bort Jane Does laptop från vårt rack.",
		"Proszę usunąć laptop Jane Doe z naszej szafy.",
		"Пожалуйста, удалите заявку Jane Doe (jane@acme.example).",
		"佐藤花子のチケットを削除してください。",
		"请把李丽的笔记本电脑从机柜里移除。",
		"이지은의 노트북을 랙에서 제거해 주세요.",
	)
	readings(t, map[string]string{
		"Please get Jane Doe removed.":                                 "remove_user Jane Doe <> []",
		"Please remove Jane Doe's name from the list.":                 "remove_user Jane Doe <> []",
		"Please delete Jane Doe's registration.":                       "remove_user Jane Doe <> []",
		"Please remove Sean O'Brien.":                                  "remove_user Sean O'Brien <> []",
		"Please remove Sean Roe, he's on the wrong team.":              "remove_user Sean Roe <> []",
		"Bitte löschen Sie das Benutzerkonto von Jane Doe.":            "remove_user Jane Doe <> []",
		"Merci de supprimer le compte utilisateur de Jane Doe.":        "remove_user Jane Doe <> []",
		"Graag het gebruikersaccount van Jane Doe verwijderen.":        "remove_user Jane Doe <> []",
		"佐藤花子の登録を削除してください。":                                            "remove_user 佐藤花子 <> []",
		"请删除李丽的注册信息。":                                                  "remove_user 李丽 <> []",
		"이지은의 등록을 삭제해 주세요.":                                            "remove_user 이지은 <> []",
		"Bitte löschen Sie den Eintrag von Jane Doe (jane@x.example).": "remove_user Jane Doe <jane@x.example> []",
		"Ta bort Jane Does konto, tack.":                               "remove_user  <> []", // nobody knows whether she is called Doe or Does
	})
}

// What is to be seen to is asked for, and what is to be prevented is not.
func TestArranged(t *testing.T) {
	t.Parallel()
	readings(t, map[string]string{
		"Fate in modo che Jane Doe (jane@acme.example) venga aggiunta come tecnico.":                                  "add_user Jane Doe <jane@acme.example> [technician]",
		"Por favor providenciem a remoção de Jane Doe (jane@acme.example).":                                           "remove_user Jane Doe <jane@acme.example> []",
		"Kan ni ordna så att Jane Doe (jane@acme.example) blir upplagd som tekniker?":                                 "add_user Jane Doe <jane@acme.example> [technician]",
		"Пожалуйста, проследите, чтобы Jane Doe (jane@acme.example) была удалена.":                                    "remove_user Jane Doe <jane@acme.example> []",
		"Пожалуйста, позаботьтесь о том, чтобы Jane Doe (jane@acme.example) была добавлена как техник.":               "add_user Jane Doe <jane@acme.example> [technician]",
		"Проследите, пожалуйста, чтобы Jane Doe (jane@acme.example) не была удалена.":                                 "",
		"Proszę dopilnować, aby Jane Doe (jane@acme.example) nie została usunięta.":                                   "",
		"Assicuratevi che Jane Doe (jane@acme.example) non venga rimossa.":                                            "",
		"Por favor, asegúrense de que Jane Doe (jane@acme.example) no sea eliminada.":                                 "",
		"Пожалуйста, подтвердите, что Jane Doe (jane@acme.example) была удалена.":                                     "",
		"Could you get Jane Doe (jane@acme.example) set up as a Technician? I'll call as soon as I can.":              "add_user Jane Doe <jane@acme.example> [technician]",
		"Please have Jane Doe (jane@acme.example) set up the router.":                                                 "",
		"Please add Jane Doe (jane@acme.example) as Technician. She does not need an access card.":                    "add_user Jane Doe <jane@acme.example> [technician]",
		"Graag Jane Doe (jane@acme.example) toevoegen als technicus. Een toegangspas heeft zij niet nodig.":           "add_user Jane Doe <jane@acme.example> [technician]",
		"Por favor, añadan a Jane Doe (jane@acme.example) como técnica. No necesita tarjeta de acceso.":               "add_user Jane Doe <jane@acme.example> [technician]",
		"佐藤花子(hanako@acme.example)を技術者として登録してください。入館カードは不要です。":                                                        "add_user 佐藤花子 <hanako@acme.example> [technician]",
		"Please add Jane Doe (jane@acme.example) as Technician. Do not give her access or a badge yet.":               "",
		"Please add Jane Doe (jane@acme.example) as Technician. She must not get access to the portal before Monday.": "",
	})
}

// A verb removes those whom addresses alone tell, all that are joined to the first, and is nobody's name.
func TestAddressesAlone(t *testing.T) {
	t.Parallel()
	readings(t, map[string]string{
		"Please remove pete@acme.example and sally@acme.example from our account.":       "remove_user  <pete@acme.example> []\nremove_user  <sally@acme.example> []",
		"Bitte löschen Sie pete@acme.example und sally@acme.example.":                    "remove_user  <pete@acme.example> []\nremove_user  <sally@acme.example> []",
		"Merci de supprimer pete@acme.example et sally@acme.example.":                    "remove_user  <pete@acme.example> []\nremove_user  <sally@acme.example> []",
		"请删除pete@acme.example和sally@acme.example。":                                       "remove_user  <pete@acme.example> []\nremove_user  <sally@acme.example> []",
		"pete@acme.exampleとsally@acme.exampleを削除してください。":                                 "remove_user  <pete@acme.example> []\nremove_user  <sally@acme.example> []",
		"pete@acme.example을 삭제해 주세요.":                                                    "remove_user  <pete@acme.example> []",
		"请停用pete@acme.example。":                                                          "remove_user  <pete@acme.example> []",
		"请不要删除pete@acme.example。":                                                        "",
		"Please remove pete@acme.example and tell sally@acme.example.":                   "",
		"Please remove pete@acme.example, not sally@acme.example.":                       "",
		"Please remove pete@acme.example and send a confirmation to sally@acme.example.": "",
		"Please replace pete@acme.example with sally@acme.example.":                      "",
	})
}

// What is made for somebody, or what they are only told of, is no access.
func TestThingsForPeople(t *testing.T) {
	t.Parallel()
	nothing(t,
		"Please register the domain jane-doe.example for Jane Doe (jane@acme.example).",
		"Please add Jane Doe (jane@acme.example)'s new number: 020 123",
		"Please add Jane Doe (jane@acme.example) to this ticket.",
		"Bitte richten Sie ein Postfach für Jane Doe (jane@acme.example) ein.",
		"Bitte richten Sie für Jane Doe (jane@acme.example) ein Postfach ein.",
		"Bitte legen Sie ein Ticket für Jane Doe (jane@acme.example) an.",
		"Merci de créer une boîte mail pour Jane Doe (jane@acme.example).",
		"Merci d'ajouter Jane Doe (jane@acme.example) en copie du ticket.",
		"Por favor creen un buzón para Jane Doe (jane@acme.example).",
		"Por favor añadan a Jane Doe (jane@acme.example) en copia.",
		"Vi prego di creare una casella di posta per Jane Doe (jane@acme.example).",
		"Por favor criem uma caixa de correio para Jane Doe (jane@acme.example).",
		"Graag een mailbox aanmaken voor Jane Doe (jane@acme.example).",
		"Vänligen skapa en brevlåda för Jane Doe (jane@acme.example).",
		"Proszę założyć skrzynkę pocztową dla Jane Doe (jane@acme.example).",
		"Lütfen Jane Doe (jane@acme.example) için bir posta kutusu oluşturun.",
		"Пожалуйста, создайте почтовый ящик для Jane Doe (jane@acme.example).",
		"Пожалуйста, добавьте Jane Doe (jane@acme.example) в копию.",
		"佐藤花子(hanako@acme.example)のメールボックスを作成してください。",
		"佐藤花子(hanako@acme.example)をCCに追加してください。",
		"请为李丽(lili@acme.example)创建邮箱。",
		"请把李丽(lili@acme.example)加入抄送。",
		"이지은(jieun@acme.example)의 메일함을 만들어 주세요.",
		"이지은(jieun@acme.example)을 참조에 추가해 주세요.",
	)
	const jane = "add_user Jane Doe <jane@acme.example> []"
	readings(t, map[string]string{
		"Please create a server login for Jane Doe (jane@acme.example).":                          jane,
		"Please set up Jane Doe (jane@acme.example) for our new server project.":                  jane,
		"Please add a contact for our server: Jane Doe (jane@acme.example).":                      jane,
		"In the case of Jane Doe (jane@acme.example), please register her.":                       jane,
		"Bitte nehmen Sie für die Server Jane Doe (jane@acme.example) auf.":                       jane,
		"Merci d'ajouter Jane Doe (jane@acme.example) pour le projet de serveur.":                 jane,
		"Lütfen sunucu için Jane Doe'yu (jane@acme.example) ekleyin.":                             jane,
		"We have opened a ticket for Jane Doe (jane@acme.example): please add her as Technician.": "add_user Jane Doe <jane@acme.example> [technician]",
		"请为负责服务器的李丽(lili@acme.example)开通账号。":                                                      "add_user 李丽 <lili@acme.example> []",
		"サーバーを担当する佐藤花子(hanako@acme.example)を追加してください。":                                            "add_user 佐藤花子 <hanako@acme.example> []",
		"서버를 담당하는 이지은(jieun@acme.example)을 추가해 주세요.":                                              "add_user 이지은 <jieun@acme.example> []",
	})
}
