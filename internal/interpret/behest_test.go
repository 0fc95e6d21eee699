package interpret_test

import "testing"

// Nobody at whose wish, or with whose knowledge, the author asks is whom the wish is about.
func TestAtTheWishOf(t *testing.T) {
	t.Parallel()
	const max = "remove_user  <max.roe@acme.example> []"
	readings(t, map[string]string{
		"At the request of Jane Doe, please remove max.roe@acme.example from our account.":                      max,
		"On behalf of Jane Doe, please remove max.roe@acme.example.":                                            max,
		"As agreed with Jane Doe, please remove max.roe@acme.example.":                                          max,
		"À la demande de Jane Doe, merci de supprimer max.roe@acme.example.":                                    max,
		"A petición de Jane Doe, por favor eliminen a max.roe@acme.example.":                                    max,
		"Su richiesta di Jane Doe, vi prego di rimuovere max.roe@acme.example.":                                 max,
		"A pedido de Jane Doe, por favor removam max.roe@acme.example.":                                         max,
		"På begäran av Jane Doe, vänligen ta bort max.roe@acme.example.":                                        max,
		"Na prośbę Jane Doe proszę usunąć max.roe@acme.example.":                                                max,
		"По просьбе Jane Doe, пожалуйста, удалите max.roe@acme.example.":                                        max,
		"Fuq talba ta' Jane Doe, jekk jogħġbok neħħi lil max.roe@acme.example.":                                 max,
		"应李丽的要求，请删除max.roe@acme.example。":                                                                       max,
		"이지은의 요청으로 max.roe@acme.example 을 삭제해 주세요.":                                                             max,
		"Please remove max.roe@acme.example, Jane Doe has approved this.":                                       max,
		"Bitte löschen Sie max.roe@acme.example, Jane Doe hat das genehmigt.":                                   max,
		"Merci de supprimer max.roe@acme.example, Jane Doe est au courant.":                                     max,
		"Verwijder max.roe@acme.example alstublieft, Jane Doe weet ervan.":                                      max,
		"Пожалуйста, удалите max.roe@acme.example, Jane Doe в курсе.":                                           max,
		"Please make max.roe@acme.example a technician, Jane Doe has approved.":                                 "add_user  <max.roe@acme.example> [technician]",
		"Please add max.roe@acme.example as technician, Jane Doe has approved.":                                 "add_user  <max.roe@acme.example> [technician]",
		"Merci d'ajouter max.roe@acme.example comme technicien, Jane Doe est d'accord.":                         "add_user  <max.roe@acme.example> [technician]",
		"Por favor, añadan a max.roe@acme.example como técnico; Jane Doe ya lo aprobó.":                         "add_user  <max.roe@acme.example> [technician]",
		"Graag max.roe@acme.example toevoegen als technicus, Jane Doe is akkoord.":                              "add_user  <max.roe@acme.example> [technician]",
		"Graag Max Roe (max.roe@acme.example) toevoegen als technicus, Jane Doe is akkoord.":                    "add_user Max Roe <max.roe@acme.example> [technician]",
		"Please resend the invitation to max.roe@acme.example, Jane Doe deleted it.":                            "resend_invitation  <max.roe@acme.example> []",
		"At the request of Jane Doe, please add Max Roe (max.roe@acme.example) as Technician.":                  "add_user Max Roe <max.roe@acme.example> [technician]",
		"On behalf of our managing director Tom Berg, please add Max Roe (max.roe@acme.example) as Technician.": "add_user Max Roe <max.roe@acme.example> [technician]",
		"As discussed with your colleague Tom Berg, please add Max Roe (max.roe@acme.example) as Technician.":   "add_user Max Roe <max.roe@acme.example> [technician]",
		"Per our call with Tom Berg, please remove Max Roe.":                                                    "remove_user Max Roe <> []",
		"Auf Wunsch von Jane Doe bitten wir Sie, Max Roe (max.roe@acme.example) als Techniker anzulegen.":       "add_user Max Roe <max.roe@acme.example> [technician]",
		// Whoever has left is meant.
		"Please remove jd77@acme.example (Jane Doe), she has left us.": "remove_user Jane Doe <jd77@acme.example> []",
	})
}

// What an "and" joins to a name is the address of somebody else.
func TestNamesAndAddresses(t *testing.T) {
	t.Parallel()
	readings(t, map[string]string{
		"Please remove Jane Doe and max.roe@acme.example.":                                          "remove_user Jane Doe <> []\nremove_user  <max.roe@acme.example> []",
		"Please remove Jane Doe (jane@acme.example) and max.roe@acme.example.":                      "remove_user Jane Doe <jane@acme.example> []\nremove_user  <max.roe@acme.example> []",
		"Bitte löschen Sie max.roe@acme.example und Jane Doe (jane@acme.example).":                  "remove_user  <max.roe@acme.example> []\nremove_user Jane Doe <jane@acme.example> []",
		"Merci de supprimer Jane Doe et max.roe@acme.example.":                                      "remove_user Jane Doe <> []\nremove_user  <max.roe@acme.example> []",
		"请删除李丽和max.roe@acme.example。":                                                               "remove_user 李丽 <> []\nremove_user  <max.roe@acme.example> []",
		"Please add Jane Doe (jane@acme.example) and max.roe@acme.example as technicians.":          "add_user Jane Doe <jane@acme.example> [technician]\nadd_user  <max.roe@acme.example> [technician]",
		"Please add Jane Doe jd7@acme.example and Max Roe mr7@acme.example as technicians.":         "add_user Jane Doe <jd7@acme.example> [technician]\nadd_user Max Roe <mr7@acme.example> [technician]",
		"Please remove max.roe@acme.example and Jane Doe, they left.":                               "remove_user  <max.roe@acme.example> []\nremove_user Jane Doe <> []",
		"Please remove max.roe@acme.example, Jane Doe and Tim Fox.":                                 "remove_user  <max.roe@acme.example> []\nremove_user Jane Doe <> []\nremove_user Tim Fox <> []",
		"Please remove Jane Doe, max.roe@acme.example and Tim Fox.":                                 "remove_user Jane Doe <> []\nremove_user  <max.roe@acme.example> []\nremove_user Tim Fox <> []",
		"Please add Jane Doe, jane@acme.example, and Tim Fox, tim@acme.example, as technicians.":    "add_user Jane Doe <jane@acme.example> [technician]\nadd_user Tim Fox <tim@acme.example> [technician]",
		"Merci de supprimer max.roe@acme.example, Jane Doe et Tim Fox.":                             "remove_user  <max.roe@acme.example> []\nremove_user Jane Doe <> []\nremove_user Tim Fox <> []",
		"Bitte löschen Sie max.roe@acme.example und Jane Doe.":                                      "remove_user  <max.roe@acme.example> []\nremove_user Jane Doe <> []",
		"Bitte löschen Sie Jane Doe und Tim Fox.":                                                   "remove_user Jane Doe <> []\nremove_user Tim Fox <> []",
		"Bitte löschen Sie Jane Doe und unseren Kollegen Tim Fox.":                                  "remove_user Jane Doe <> []\nremove_user Tim Fox <> []",
		"Bitte fügen Sie Jane Doe und Tim Fox als Techniker hinzu.":                                 "add_user Jane Doe <> [technician]\nadd_user Tim Fox <> [technician]",
		"Verwijder aub max.roe@acme.example en Jane Doe.":                                           "remove_user  <max.roe@acme.example> []\nremove_user Jane Doe <> []",
		"Please remove Jane Doe (jane@acme.example) and her colleague max.roe@acme.example.":        "remove_user Jane Doe <jane@acme.example> []\nremove_user  <max.roe@acme.example> []",
		"Merci de supprimer Jane Doe (jane@acme.example) et son collègue max.roe@acme.example.":     "remove_user Jane Doe <jane@acme.example> []\nremove_user  <max.roe@acme.example> []",
		"Eliminad a Jane Doe y a su compañero max.roe@acme.example.":                                "remove_user Jane Doe <> []\nremove_user  <max.roe@acme.example> []",
		"Please add Jane Doe's assistant Max Roe (max.roe@acme.example) as technician.":             "add_user Max Roe <max.roe@acme.example> [technician]",
		"Please add the colleague of Jane Doe, Max Roe (max.roe@acme.example), as technician.":      "add_user Max Roe <max.roe@acme.example> [technician]",
		"Please remove Jane Doe and u1@acme.example, u2@acme.example, u3@acme.example and Tim Fox.": "remove_user Jane Doe <> []\nremove_user  <u1@acme.example> []\nremove_user  <u2@acme.example> []\nremove_user  <u3@acme.example> []\nremove_user Tim Fox <> []",
		// Nobody of more than a few is dropped: staff read it.
		"Please remove Jane Doe and u1@acme.example, u2@acme.example, u3@acme.example, u4@acme.example, u5@acme.example, u6@acme.example, u7@acme.example and Tim Fox.": "",
		"Please remove Jane Doe, her address is jd77@acme.example.": "remove_user Jane Doe <jd77@acme.example> []",
	})
}

// Whoever is taken off a list of visitors, or out of a talk, keeps their access; whoever asks whether somebody is registered adds nobody.
func TestNothingOfAccess(t *testing.T) {
	t.Parallel()
	nothing(t,
		"Please remove Jane Doe from the visitor list.",
		"Please remove Jane Doe from this thread.",
		"Please take Jane Doe off the meeting invite.",
		"Bitte entfernen Sie Jane Doe von der Besucherliste.",
		"Bitte nehmen Sie Jane Doe aus dem CC.",
		"Merci de retirer Jane Doe de la liste des visiteurs.",
		"Merci de retirer Jane Doe de cette conversation.",
		"Por favor, quiten a Jane Doe de la copia.",
		"Vi prego di togliere Jane Doe dalla copia.",
		"Verwijder Jane Doe uit de cc alstublieft.",
		"Vänligen ta bort Jane Doe från tråden.",
		"Пожалуйста, удалите Jane Doe из копии.",
		"佐藤花子を来訪者リストから削除してください。",
		"佐藤花子をCCから外してください。",
		"请把李丽从抄送中移除。",
		"이지은을 방문자 명단에서 삭제해 주세요.",
		"Please confirm the registration of Jane Doe.",
		"Please cancel the registration of Jane Doe for the workshop.",
		"Bitte bestätigen Sie die Registrierung von Jane Doe.",
		"Graag bevestiging van de registratie van Jane Doe.",
		"Si prega di confermare la registrazione di Jane Doe.",
		"Proszę potwierdzić rejestrację Jane Doe.",
		"Пожалуйста, подтвердите регистрацию Jane Doe.",
		"佐藤花子の登録をご確認ください。",
		"이지은의 등록을 확인해 주세요.",
		"We have Jane Doe registered as Technician. Is that right?",
		"Мы хотели бы знать, была ли удалена Jane Doe.",
		"이지은이 삭제되었는지 알고 싶습니다.",
	)
	readings(t, map[string]string{
		"Please remove Jane Doe from our contact list.":                                             "remove_user Jane Doe <> []",
		"From the meeting on Monday: please remove Jane Doe (jane@acme.example).":                   "remove_user Jane Doe <jane@acme.example> []",
		"Please add Jane Doe (jane@acme.example) as Technician and confirm the registration.":       "add_user Jane Doe <jane@acme.example> [technician]",
		"Bitte um Registrierung von Jane Doe (jane@acme.example) als Techniker und um Bestätigung.": "add_user Jane Doe <jane@acme.example> [technician]",
		"We request the registration of Jane Doe as Technician and ask you to confirm.":             "add_user Jane Doe <> [technician]",
	})
}
