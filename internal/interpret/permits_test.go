package interpret_test

import "testing"

// Whoever says beside another wish that somebody's access can go wants it removed.
func TestPermittedRemovals(t *testing.T) {
	t.Parallel()
	both := func(name string) string {
		return "add_user Max Roe <max.roe@acme.example> [technician]\nremove_user " + name + " <> []"
	}
	readings(t, map[string]string{
		"Please add Max Roe (max.roe@acme.example) as technician. Tim Fox's access can be removed.":                                       both("Tim Fox"),
		"Bitte Max Roe (max.roe@acme.example) als Techniker anlegen. Der Zugang von Jens Vogt kann gelöscht werden.":                      both("Jens Vogt"),
		"Merci de créer un accès technicien pour M. Max Roe (max.roe@acme.example). L'accès de Paul Garnier peut être supprimé.":          both("Paul Garnier"),
		"Aggiungete Max Roe (max.roe@acme.example) come tecnico. L'accesso di Luca Verdi può essere rimosso.":                             both("Luca Verdi"),
		"Graag Max Roe (max.roe@acme.example) toevoegen als technicus. De toegang van Joris Bakker kan weg.":                              both("Joris Bakker"),
		"佐藤花子（hanako@acme.example）を技術者として追加してください。山田太郎のアカウントは削除して構いません。":                                                                  "add_user 佐藤花子 <hanako@acme.example> [technician]\nremove_user 山田太郎 <> []",
		"请添加李丽（lili@acme.example）为技术员。王强的账号可以删除。":                                                                                         "add_user 李丽 <lili@acme.example> [technician]\nremove_user 王强 <> []",
		"Please add Max Roe (max.roe@acme.example) as technician who replaces Tim Fox during his leave. Tim Fox's access can be removed.": both("Tim Fox"),
		"Please add Max Roe (max.roe@acme.example) as technician instead of Tim Fox. Please remove Tim Fox from your list.":               both("Tim Fox"),
		"Bitte legen Sie Max Roe (max.roe@acme.example) als Techniker an, er folgt auf Tim Fox. Tim Fox bitte löschen.":                   both("Tim Fox"),
		"Please add Max Roe (max.roe@acme.example) as technician. Tim Fox's laptop can be removed.":                                       "add_user Max Roe <max.roe@acme.example> [technician]",
	})
	const left = "remove_user Tim Fox <> []\nadd_user Max Roe <max.roe@acme.example> [technician]"
	readings(t, map[string]string{
		"Changes:\n- Tim Fox has left, please remove him\n- Max Roe (max.roe@acme.example) joins as technician, he takes over the racks": left,
		"Tim Fox has left, please remove him. Max Roe (max.roe@acme.example) joins as technician.":                                       left,
		"Tim Fox ist ausgeschieden, bitte löschen. Max Roe (max.roe@acme.example) kommt als Techniker neu dazu.":                         left,
		// Staff read what is not read whole.
		"Hi,\n- Tim Fox ist ausgeschieden, bitte löschen\n- Max Roe (max.roe@acme.example) kommt als Techniker neu dazu\n- Jane Doe wird Zweitkontakt": "",
	})
	const tim = "remove_user Tim Fox <> []"
	readings(t, map[string]string{
		"Bitte entfernen Sie Tim Fox, seine Nachfolgerin ist Jane Doe (jane.doe@acme.example).": tim,
		"Please remove Tim Fox, his successor is Jane Doe (jane.doe@acme.example).":             tim,
		"Bitte löschen Sie Tim Fox, er ist weg.":                                                tim,
	})
	nothing(t,
		"Tim Fox can be removed from cc.",
		"Tim Fox's old laptop can be removed from the cage.",
		"Can Tim Fox's access be removed?",
		"Tim Fox's access cannot be removed yet.",
		"If he agrees, Tim Fox's access can be removed.",
		"According to your portal, access can be removed by Tim Fox.",
		"Tim Fox says that the old rack can be removed.",
		"Our colleague Tim Fox told us that the cable should be removed.",
		"Unsere Kollegin Jana Dorn sagt, dass der Server entfernt werden soll.",
		"Der Zugang von Tim Fox kann erst gelöscht werden, wenn er zurück ist.",
		"Jane Doe meint, das Kabel kann weg.",
	)
}
