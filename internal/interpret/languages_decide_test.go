package interpret_test

import (
	"testing"

	"github.com/countersign/countersign/internal/interpret"
)

// answersOf holds, by language, answers to an approval mail about Jane Doe, Raj Patel and Wei-Lun Tsai and how they are read:
// one letter for each.
var answersOf = map[string]map[string]string{
	"de": {
		"Genehmigt.": "aaa", "Ja, gerne.": "aaa", "Ich stimme zu.": "aaa", "Keine Einwände, vielen Dank!": "aaa", "Hallo zusammen,\n\neinverstanden.\n\nViele Grüße": "aaa",
		"Abgelehnt": "rrr", "Nein, er hat die Firma verlassen.": "rrr", "Ich genehmige das nicht.": "rrr",
		"genehmigt 1 und 3, nicht 2": "ara", "1: ja\n2: nein\n3: ja": "ara", "Genehmigt für Jane, abgelehnt für Raj": "ar?", "1 bis 2 genehmigt, 3 abgelehnt": "aar",
		"Alle außer Raj genehmigt": "a?a", "Alle drei genehmigt": "aaa", "Ja zu 1 und 3, aber nein zu 2": "ara",
		"Genehmigt, wenn HR zustimmt": "???", "Noch nicht genehmigt": "???", "Wer ist das?": "???", "Ja und nein": "???", "Ich kann das nicht genehmigen": "???",
		"Genehmigt, aber nur bis März": "???", "Bob hat das genehmigt?": "???", "Keine Genehmigung nötig": "???", "Beide genehmigt": "???",
	},
	"fr": {
		"Approuvé.": "aaa", "Oui, merci.": "aaa", "J'approuve": "aaa", "Pas de problème, c'est d'accord.": "aaa", "Bonjour,\n\nje suis d'accord pour cette demande.\n\nCordialement": "aaa", "APPROUVE": "aaa",
		"Refusé": "rrr", "Non.": "rrr", "Non, il ne travaille plus chez nous.": "rrr", "Je n'approuve pas.": "rrr",
		"1: oui, 2: non, 3: oui": "ara", "Oui pour 1 et 3, non pour 2": "ara", "D'accord pour tous sauf Raj": "a?a", "Approuvé pour Jane, refusé pour Raj": "ar?", "1 à 3 approuvés": "aaa",
		"Oui, si les RH confirment": "???", "Oui mais pas avant lundi": "???", "Pas encore.": "???", "Qui est-ce ?": "???", "Je ne peux pas approuver": "???", "Bien reçu, merci": "???",
		"APPROVE quand les RH confirment": "???", "Approuvé sous réserve de validation": "???", "Oui et non": "???", "Approuvé. Attendez la confirmation des RH.": "???",
	},
	"es": {
		"Aprobado.": "aaa", "Sí, gracias": "aaa", "Estoy de acuerdo.": "aaa", "Lo apruebo, saludos": "aaa", "No hay problema": "aaa",
		"Rechazado": "rrr", "No.": "rrr", "No apruebo.": "rrr", "No, ya no trabaja con nosotros": "rrr",
		"1 sí, 2 no, 3 sí": "ara", "Aprobado 1 y 3, no 2": "ara", "Aprobado para Jane, rechazado para Raj": "ar?", "Todos excepto Raj aprobados": "a?a", "Sí a todos": "aaa",
		"Sí, cuando RRHH confirme": "???", "Si RRHH confirma, aprobado": "???", "Todavía no": "???", "¿Quién es?": "???", "Sí, pero solo hasta marzo": "???", "No sé": "???", "Tengo que preguntar a mi jefe": "???", "Sí y no": "???",
	},
	"it": {
		"Approvato.": "aaa", "Sì, grazie": "aaa", "Va bene": "aaa", "Sono d'accordo, cordiali saluti": "aaa", "Nulla osta": "aaa",
		"Respinto": "rrr", "No, non lavora più qui": "rrr", "Non approvo": "rrr", "Non sono d'accordo.": "rrr",
		"1: sì, 2: no, 3: sì": "ara", "Approvo 1 e 3, non 2": "ara", "Sì per Jane, no per Raj": "ar?", "Approvati tutti tranne Raj": "a?a", "Approvati tutti e tre": "aaa",
		"Sì, se HR conferma": "???", "Non ancora": "???", "Chi è?": "???", "Approvato ma solo fino a marzo": "???", "Non posso approvare": "???", "Forse": "???", "Sì e no": "???",
	},
	"pt": {
		"Aprovado.": "aaa", "Sim, obrigado": "aaa", "Concordo": "aaa", "Estou de acordo. Cumprimentos": "aaa", "Sem objeções": "aaa",
		"Recusado": "rrr", "Não.": "rrr", "Não aprovo": "rrr", "Não, ele já saiu da empresa": "rrr",
		"1: sim, 2: não, 3: sim": "ara", "Aprovo 1 e 3, não 2": "ara", "Sim para Jane, não para Raj": "ar?", "Aprovados todos exceto Raj": "a?a", "Todos aprovados": "aaa",
		"Sim, se o RH confirmar": "???", "Ainda não": "???", "Quem é?": "???", "Aprovado, mas só até março": "???", "Não posso aprovar": "???", "Talvez": "???", "Sim e não": "???",
	},
	"nl": {
		"Goedgekeurd.": "aaa", "Ja, graag": "aaa", "Akkoord": "aaa", "Ik ga akkoord, met vriendelijke groet": "aaa", "Geen bezwaar": "aaa",
		"Afgewezen": "rrr", "Nee.": "rrr", "Niet akkoord": "rrr", "Nee, hij werkt hier niet meer": "rrr",
		"1: ja, 2: nee, 3: ja": "ara", "Goedgekeurd voor 1 en 3, niet 2": "ara", "Akkoord voor Jane, afgewezen voor Raj": "ar?", "Allemaal goedgekeurd behalve Raj": "a?a", "1 t/m 3 akkoord": "aaa",
		"Ja, als HR akkoord is": "???", "Nog niet": "???", "Wie is dat?": "???", "Akkoord, maar pas na 1 december": "???", "Ik kan dit niet goedkeuren": "???", "Misschien": "???", "Ja en nee": "???", "Is dit goedgekeurd": "???",
	},
	"sv": {
		"Godkänt.": "aaa", "Ja, tack": "aaa", "Jag godkänner": "aaa", "Det går bra, vänliga hälsningar": "aaa", "Inga invändningar": "aaa",
		"Avslås": "rrr", "Nej.": "rrr", "Ej godkänt": "rrr", "Nej, han har slutat": "rrr",
		"1: ja, 2: nej, 3: ja": "ara", "Godkänt för 1 och 3, inte 2": "ara", "Ja till Jane, nej till Raj": "ar?", "Alla godkända utom Raj": "a?a", "Alla tre godkända": "aaa",
		"Ja, om HR bekräftar": "???", "Inte än": "???", "Vem är det?": "???", "Godkänt men bara till mars": "???", "Jag kan inte godkänna": "???", "Kanske": "???", "Ja och nej": "???", "Är det godkänt": "???",
	},
	"pl": {
		"Zatwierdzam.": "aaa", "Tak, dziękuję": "aaa", "Zgadzam się": "aaa", "Wyrażam zgodę. Pozdrawiam": "aaa", "Nie mam zastrzeżeń": "aaa",
		"Odrzucam": "rrr", "Nie.": "rrr", "Nie zgadzam się": "rrr", "Nie, on już tu nie pracuje": "???", "Nie, odszedł z firmy": "rrr",
		"1: tak, 2: nie, 3: tak": "ara", "Zatwierdzam 1 i 3, odrzucam 2": "ara", "Tak dla Jane, nie dla Raj": "ar?", "Zatwierdzam wszystkie oprócz Raj": "a?a", "1 do 3 zatwierdzone": "aaa",
		"Tak, jeśli HR potwierdzi": "???", "Jeszcze nie": "???", "Kto to jest?": "???", "Zatwierdzam, ale tylko do marca": "???", "Nie mogę zatwierdzić": "???", "Może": "???", "Tak i nie": "???",
	},
	"tr": {
		"Onaylıyorum.": "aaa", "Evet, teşekkürler": "aaa", "ONAYLIYORUM": "aaa", "Uygundur, iyi çalışmalar": "aaa", "İtirazım yok": "aaa",
		"Reddedildi": "rrr", "Hayır.": "rrr", "Onaylamıyorum": "rrr", "Hayır, işten ayrıldı": "rrr",
		"1: evet, 2: hayır, 3: evet": "ara", "1 ve 3 onaylandı, 2 reddedildi": "ara", "Jane için evet, Raj için hayır": "ar?", "Raj hariç hepsi onaylandı": "???", "Hepsini onaylıyorum": "aaa",
		"İK onaylarsa evet": "???", "Henüz değil": "???", "Bu kim?": "???", "Onaylıyorum ama sadece mart ayına kadar": "???", "Onaylayamam": "???", "Belki": "???", "Evet ve hayır": "???", "Tamam değil": "???", "onaylandı mı": "???",
	},
	"ru": {
		"Одобрено.": "aaa", "Да, спасибо": "aaa", "Согласен": "aaa", "Согласовано. С уважением": "aaa", "Не возражаю": "aaa",
		"Отклонено": "rrr", "Нет.": "rrr", "Не согласен": "rrr", "Нет, он уволился": "rrr",
		"1: да, 2: нет, 3: да": "ara", "Одобряю 1 и 3, отклоняю 2": "ara", "Да для Jane, нет для Raj": "ar?", "Одобряю всех кроме Raj": "a?a", "Все одобрены": "aaa",
		"Да, если HR подтвердит": "???", "Ещё нет": "???", "Кто это?": "???", "Одобряю, но только до марта": "???", "Не могу одобрить": "???", "Возможно": "???", "Да и нет": "???", "Одобрено ли": "???",
	},
	"mt": {
		"Approvat.": "aaa", "Iva, grazzi": "aaa", "Naqbel": "aaa", "Napprova din it-talba": "aaa", "Iva": "aaa",
		"Le": "rrr", "Miċħud": "rrr", "Mhux approvat": "rrr", "Ma napprovax": "rrr",
		"1: iva, 2: le, 3: iva": "ara", "Iva għal Jane, le għal Raj": "ar?", "Kollha approvati": "aaa",
		"Iva, jekk HR jaqblu": "???", "Għadu le": "???", "Min hu?": "???", "Iva imma mhux issa": "???", "Forsi": "???", "Iva u le": "???",
	},
	"ja": {
		"承認します。": "aaa", "はい、承認します。よろしくお願いいたします。": "aaa", "同意します": "aaa", "お世話になっております。\n承認いたします。": "aaa", "問題ありません": "aaa",
		"却下": "rrr", "承認しません。": "rrr", "いいえ": "rrr", "却下します。退職しました。": "rrr",
		"1：承認\n2：却下\n3：承認": "ara", "１は承認、２は却下、３は承認": "ara", "1番と3番は承認、2番は却下です": "ara", "全員承認します": "aaa", "1から3まで承認": "???",
		"人事が確認したら承認します": "???", "まだ承認できません": "???", "どなたですか？": "???", "承認しますが、3月までです": "???", "承認できません": "???", "確認します": "???", "了解しました": "???", "承認待ちです": "???",
	},
	"zh": {
		"批准。": "aaa", "同意": "aaa", "同意，谢谢！": "aaa", "您好，\n没问题，批准。": "aaa", "可以": "aaa",
		"拒绝": "rrr", "不同意": "rrr", "不批准。": "rrr", "驳回，他已离职": "rrr",
		"1：同意，2：不同意，3：同意": "ara", "批准1和3，拒绝2": "ara", "1、3同意，2不同意": "ara", "全部批准": "aaa", "1到3批准": "aaa",
		"如果人事同意就批准": "???", "还没批准": "???", "这是谁？": "???", "同意，但只到三月": "???", "不能批准": "???", "收到": "???", "是否批准": "???", "同意吗": "???", "未批": "???",
	},
	"ko": {
		"승인합니다.": "aaa", "네, 승인합니다. 감사합니다.": "aaa", "동의합니다": "aaa", "안녕하세요.\n승인합니다.": "aaa", "이의 없습니다": "aaa",
		"거절합니다": "rrr", "아니요": "rrr", "승인하지 않습니다.": "rrr", "반려합니다. 퇴사했습니다.": "rrr",
		"1: 승인\n2: 거절\n3: 승인": "ara", "1번과 3번은 승인, 2번은 거절": "ara", "1, 3 승인, 2 반려": "ara", "모두 승인합니다": "aaa", "전부 거절합니다": "rrr",
		"인사팀이 확인하면 승인합니다": "???", "아직 승인할 수 없습니다": "???", "누구입니까?": "???", "승인하지만 3월까지만입니다": "???", "확인하겠습니다": "???", "알겠습니다": "???", "승인 대기": "???", "승인 안 했습니다": "???",
	},
}

func TestDecisionsInLanguages(t *testing.T) {
	t.Parallel()
	for language, table := range answersOf {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			if len(table) < 15 {
				t.Errorf("only %d answers", len(table))
			}
			for text, want := range table {
				got := interpret.Read(mail(text), interpret.Context{Roles: models["contact-levels"], Asked: threePeople})
				if d := flatten(got.Decisions, threePeople.Lines); d != want {
					t.Errorf("%q: %s, want %s", text, d, want)
				}
			}
		})
	}
}

// TestNoLanguage: what no language knows decides nothing, APPROVE and REJECT do in every one.
func TestNoLanguage(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"APPROVE nalika bagean personalia ngonfirmasi": "???",
		"Ndiyo": "???",
		"นายจ้าง อนุมัติ": "???",
		"APPROVE, merci":                "aaa",
		"REJECT, gracias":               "rrr",
		"1: APPROVE, 2: REJECT, danke":  "ar?",
		"Approuvé. Comme technicien.":   "???",
		"APPROVE 1, REJECT 2, dziękuję": "ar?",
	} {
		got := interpret.Read(mail(text), interpret.Context{Roles: models["contact-levels"], Asked: threePeople})
		if d := flatten(got.Decisions, threePeople.Lines); d != want {
			t.Errorf("%q: %s, want %s", text, d, want)
		}
	}
}
