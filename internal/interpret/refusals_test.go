package interpret_test

import (
	"os"
	"strings"
	"testing"
)

// TestRefusals holds the reader to testdata/refusals.txt.
func TestRefusals(t *testing.T) {
	t.Parallel()
	if all := readShort(t, "refusals.txt"); all.correct < 200 || all.asked > 0 {
		t.Errorf("%d decisions right, %d asked for; want 200 or more, and none", all.correct, all.asked)
	}
}

// TestNothingAsked holds the reader to testdata/nothingasked.txt.
func TestNothingAsked(t *testing.T) {
	t.Parallel()
	if all := readShort(t, "nothingasked.txt"); all.correct < 40 {
		t.Errorf("%d mails right, want 40 or more", all.correct)
	}
}

// readShort counts the values of the mails of a file in testdata, one in each line, apart from comments.
func readShort(t *testing.T, file string) tally {
	t.Helper()
	data, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var all tally
	for line := range strings.Lines(string(data)) {
		if !strings.HasPrefix(line, "#") {
			countShort(t, strings.Split(strings.TrimSpace(line), "|"), &all)
		}
	}
	return all
}

// A pronoun may stand between a denial and its verb, and what is not to be done yet is not asked.
func TestDeniedWithAPronoun(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"A Jane Doe (jane@acme.example) saiu da empresa. Não a removam, por favor.",
		"A Jane Doe (jane@acme.example) saiu da empresa. Por favor não a removam.",
		"A Jane Doe (jane@acme.example) saiu da empresa. Por favor, não a removam ainda.",
		"A Jane Doe (jane@acme.example) saiu da empresa. Não lhe retirem o acesso.",
		"A Jane Doe (jane@acme.example) é a nossa nova técnica. Não a adicionem ainda, por favor.",
		"Jane Doe (jane@acme.example) ha lasciato l'azienda. Non la rimuovete ancora.",
		"Jane Doe (jane@acme.example) ha lasciato l'azienda. Vi prego di non rimuoverla.",
		"Jane Doe (jane@acme.example) a quitté l'entreprise. Ne la supprimez pas encore.",
		"Jane Doe (jane@acme.example) a quitté l'entreprise. Merci de ne pas la supprimer.",
		"Jane Doe (jane@acme.example) ha dejado la empresa. No la borren todavía, por favor.",
		"Jane Doe (jane@acme.example) ha dejado la empresa. Os ruego no eliminarla.",
		"Jane Doe (jane@acme.example) hat die Firma verlassen. Bitte löschen Sie sie noch nicht.",
		"Jane Doe (jane@acme.example) is vertrokken. Verwijder haar nog niet, alstublieft.",
		"Jane Doe (jane@acme.example) har slutat. Ta inte bort henne ännu.",
		"Jane Doe (jane@acme.example) odeszła z firmy. Proszę jej jeszcze nie usuwać.",
		"Jane Doe (jane@acme.example) şirketten ayrıldı. Lütfen onu henüz silmeyin.",
		"Jane Doe (jane@acme.example) уволилась. Пожалуйста, пока не удаляйте её.",
		"佐藤花子(hanako@acme.example)は退職しました。まだ削除しないでください。",
		"李丽(li.li@acme.example)已离职。请先不要删除她的账号。",
		"김민수(minsu@acme.example)는 퇴사했습니다. 아직 삭제하지 마세요.",
		"Jane Doe (jane@acme.example) ha dejado la empresa. No le quiten el acceso todavía.",
		"Jane Doe (jane@acme.example) ha dejado la empresa. No la den de baja todavía.",
		"Jane Doe (jane@acme.example) ha dejado la empresa. No lo borren todavía.",
		"Jane Doe (jane@acme.example) ha dejado la empresa. No la eliminen.",
		"Jane Doe (jane@acme.example) es nuestra nueva técnica. No la añadan todavía.",
		"A Jane Doe (jane@acme.example) saiu da empresa. Não lhe retirem o acesso.",
		"A Jane Doe (jane@acme.example) saiu da empresa. Não o removam.",
		"Jane Doe (jane@acme.example) ha lasciato l'azienda. Non le togliete l'accesso.",
		"Jane Doe (jane@acme.example) ha lasciato l'azienda. Non la cancellate.",
		"Jane Doe (jane@acme.example) è la nostra nuova tecnica. Non la aggiungete ancora.",
		"Jane Doe (jane@acme.example) est notre nouvelle technicienne. Ne l'ajoutez pas encore.",
		"Jane Doe (jane@acme.example) a quitté l'entreprise. Ne lui retirez pas l'accès.",
	} {
		if b := meaningBut(text); b != "" {
			t.Errorf("%s: %q", text, b)
		}
	}
}
