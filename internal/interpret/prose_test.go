package interpret_test

import (
	"testing"

	"github.com/countersign/countersign/internal/interpret"
)

// TestPeopleAndReasons reads whole wishes: everybody whom they are about, nobody else, and the reason only where one is said.
func TestPeopleAndReasons(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Please add John and Mary Smith as technicians.":                                                                                                                                "add_user John Smith <> [technician]\nadd_user Mary Smith <> [technician]",
		"Please add John (john.smith@acme.example) and Mary Smith (mary.smith@acme.example) as technicians.":                                                                            "add_user  <john.smith@acme.example> [technician]\nadd_user Mary Smith <mary.smith@acme.example> [technician]",
		"Please add Jane Doe and Bob (bob@acme.example) as technicians.":                                                                                                                "add_user Jane Doe <> [technician]\nadd_user  <bob@acme.example> [technician]",
		"Please add jane.doe@acme.example and bob@acme.example as technicians.":                                                                                                         "add_user  <jane.doe@acme.example> [technician]\nadd_user  <bob@acme.example> [technician]",
		"Please replace Raj Patel (raj@acme.example) with Jane Doe (jane@acme.example) as Main Contact.":                                                                                "remove_user Raj Patel <raj@acme.example> []\nadd_user Jane Doe <jane@acme.example> [main_contact]",
		"Please add Jane Doe (jane@acme.example) as technician instead of Raj Patel.":                                                                                                   "add_user Jane Doe <jane@acme.example> [technician]",
		"Please remove Raj Patel and add Jane Doe (jane@acme.example) as technician instead.":                                                                                           "remove_user Raj Patel <> []\nadd_user Jane Doe <jane@acme.example> [technician]",
		"Please take Raj Patel off the list and put Jane Doe (jane@acme.example) on it as technician.":                                                                                  "remove_user Raj Patel <> []\nadd_user Jane Doe <jane@acme.example> [technician]",
		"Please swap Raj Patel for Jane Doe (jane@acme.example) as main contact.":                                                                                                       "remove_user Raj Patel <> []\nadd_user Jane Doe <jane@acme.example> [main_contact]",
		"Can you add Jane Doe and remove Raj Patel? jane@acme.example, technician.":                                                                                                     "add_user Jane Doe <jane@acme.example> [technician]\nremove_user Raj Patel <> []",
		"please add jane doe (jane.doe@acme.example) as technician, she will swap our disks":                                                                                            "add_user Jane Doe <jane.doe@acme.example> [technician] she will swap our disks",
		"pls add tom hanks tom.hanks@acme.example as tech thx":                                                                                                                          "add_user Tom Hanks <tom.hanks@acme.example> [technician]",
		"Please add Pieter van der Berg (pieter@acme.example) as technician.":                                                                                                           "add_user Pieter van der Berg <pieter@acme.example> [technician]",
		"Please add Maria de la Cruz (maria@acme.example) as technician for the Lyon migration.":                                                                                        "add_user Maria de la Cruz <maria@acme.example> [technician] the Lyon migration",
		"Please add Sean O'Brien (sobrien@acme.example) as technician to replace failed disks.":                                                                                         "add_user Sean O'Brien <sobrien@acme.example> [technician] replace failed disks",
		"Please add Ahmed al-Rashid (ahmed@acme.example) as technician.":                                                                                                                "add_user Ahmed al-Rashid <ahmed@acme.example> [technician]",
		"Please add SMITH John (john.smith@acme.example) as technician.":                                                                                                                "add_user John Smith <john.smith@acme.example> [technician]",
		"PLEASE ADD JANE DOE (JANE@ACME.EXAMPLE) AS TECHNICIAN. SHE WILL WORK ON OUR STORAGE.":                                                                                          "add_user Jane Doe <jane@acme.example> [technician] SHE WILL WORK ON OUR STORAGE",
		"Please add Prof. Dr. Jane Doe, PhD (jane@acme.example) as technician.":                                                                                                         "add_user Jane Doe <jane@acme.example> [technician]",
		"Please give Jane Doe (jane@acme.example) the same role as mine.":                                                                                                               "add_user Jane Doe <jane@acme.example> []",
		"Please add Jane Doe and Raj Patel (office@acme.example) as technicians.":                                                                                                       "add_user Jane Doe <> [technician]\nadd_user Raj Patel <> [technician]",
		"Please add Jane Doe (jane@acme.example), Raj Patel (raj@acme.example) and Li Wei (li@acme.example) as technicians. They will do the rack build in December.":                   "add_user Jane Doe <jane@acme.example> [technician] They will do the rack build in December\nadd_user Raj Patel <raj@acme.example> [technician] They will do the rack build in December\nadd_user Li Wei <li@acme.example> [technician] They will do the rack build in December",
		"Please add Jane Doe, Raj Patel and Li Wei as technicians.":                                                                                                                     "add_user Jane Doe <> [technician]\nadd_user Raj Patel <> [technician]\nadd_user Li Wei <> [technician]",
		"Could you register our new colleague Jane Doe (jane@acme.example)? She starts on Monday and will look after the storage. She should be a technician.":                          "add_user Jane Doe <jane@acme.example> [technician] She starts on Monday and will look after the storage",
		"We need Jane Doe (jane@acme.example) on the list as a technician because our current technician is on parental leave. Thanks a lot!":                                           "add_user Jane Doe <jane@acme.example> [technician] our current technician is on parental leave",
		"Please add Jane Doe, jane@acme.example, technician. It is urgent, we need this today.":                                                                                         "add_user Jane Doe <jane@acme.example> [technician]",
		"Please add Jane Doe (jane@acme.example) as technician. Let me know if you need anything else. Have a nice weekend!":                                                            "add_user Jane Doe <jane@acme.example> [technician]",
		"Please add Jane Doe (jane@acme.example) as technician. Our office will be closed next week.":                                                                                   "add_user Jane Doe <jane@acme.example> [technician]",
		"Please add Jane Doe (jane@acme.example) as technician. Her phone number is +44 20 1234.":                                                                                       "add_user Jane Doe <jane@acme.example> [technician]",
		"Please add Jane Doe (jane@acme.example) as technician. Is there a project number I have to give?":                                                                              "add_user Jane Doe <jane@acme.example> [technician]",
		"Please add Jane Doe (jane@acme.example) as technician. I am out of office until Monday, so contact Bob Ray (bob@acme.example) if there are questions.":                         "add_user Jane Doe <jane@acme.example> [technician]",
		"Please add Jane Doe <jane@acme.example> as a technician. CC: Bob Ray <bob@acme.example> approved this.":                                                                        "add_user Jane Doe <jane@acme.example> [technician]",
		"Please upgrade Jane Doe (jane@acme.example) from technician to main contact, and downgrade Raj Patel (raj@acme.example) from main contact to technician.":                      "change_role Jane Doe <jane@acme.example> [main_contact]\nchange_role Raj Patel <raj@acme.example> [technician]",
		"Hello,\n\nfor our storage migration in March we need access for Jane Doe (jane@acme.example), role technician.":                                                                "add_user Jane Doe <jane@acme.example> [technician] our storage migration",
		"Please add Jane Doe and John Doe as technicians (jane.doe@acme.example, john.doe@acme.example).":                                                                               "add_user Jane Doe <jane.doe@acme.example> [technician]\nadd_user John Doe <john.doe@acme.example> [technician]",
		"Please deactivate Raj Patel's account; he has left the company. His replacement Jane Doe (jane@acme.example) should get technician access.":                                    "remove_user Raj Patel <> [] he has left the company\nadd_user Jane Doe <jane@acme.example> [technician]",
		"Dear colleagues,\n\nKindly provide access to Mr. John Smith (Email: john@acme.example) with Technician privileges for carrying out maintenance activities at our cage.":        "add_user John Smith <john@acme.example> [technician] carrying out maintenance activities at our cage",
		"Please add Jane Doe (jane@acme.example) as a technician and Raj Patel too (raj@acme.example).":                                                                                 "add_user Jane Doe <jane@acme.example> [technician]\nadd_user Raj Patel <raj@acme.example> []",
		"I'd like Jane Doe, jane@acme.example, as technician please. The reason is a rebuild of rack 12.":                                                                               "add_user Jane Doe <jane@acme.example> [technician] a rebuild of rack 12",
		"Please add Jane Doe (jane@acme.example) like Raj Patel (raj@acme.example) as technician.":                                                                                      "add_user Jane Doe <jane@acme.example> [technician]",
		"We hired Jane Doe. She is taking over from Raj Patel (raj@acme.example). Please add her as technician. Her address is jane@acme.example.":                                      "add_user Jane Doe <jane@acme.example> [technician] We hired Jane Doe",
		"Please add Jane (technician, jane.doe@acme.example) and Raj (secondary contact, raj.patel@acme.example).":                                                                      "",
		"Kindly add the below:\nJane Doe jane@acme.example Technician\nRaj Patel raj@acme.example Secondary Contact":                                                                    "add_user Jane Doe <jane@acme.example> [technician]\nadd_user Raj Patel <raj@acme.example> [secondary_contact]",
		"Could you please add Jane Doe to our account? Email jane@acme.example. Role technician. She'll be doing hands-on work in cage 4.":                                              "add_user Jane Doe <jane@acme.example> [technician] She'll be doing hands-on work in cage 4",
		"Please add Jane Doe (jane@acme.example) as technician and make Raj Patel (raj@acme.example) main contact.":                                                                     "add_user Jane Doe <jane@acme.example> [technician]\nadd_user Raj Patel <raj@acme.example> [main_contact]",
		"As discussed with Peter Parker, please add Jane Doe (jane@acme.example) as technician.":                                                                                        "add_user Jane Doe <jane@acme.example> [technician]",
		"Jane Doe (jane@acme.example) needs to be added as technician, please. Her boss is Peter Parker (peter@acme.example).":                                                          "add_user Jane Doe <jane@acme.example> [technician]",
		"Please remove all technicians except Jane Doe (jane@acme.example).":                                                                                                            "",
		"Please remove everyone but Jane Doe.":                                                                                                                                          "",
		"Please keep Jane Doe and remove Raj Patel.":                                                                                                                                    "remove_user Raj Patel <> []",
		"Please add Jane Doe (jane@acme.example) as technician. Raj Patel (raj@acme.example) remains main contact.":                                                                     "add_user Jane Doe <jane@acme.example> []",
		"Please add my colleague (jane@acme.example) as technician, she does the night shifts.":                                                                                         "add_user  <jane@acme.example> [technician] she does the night shifts",
		"Please change Jane Doe's email address to jane.doe@acme.example.":                                                                                                              "",
		"Please add Jane Doe (jane@acme.example), she is replacing Raj Patel (raj@acme.example) as technician.":                                                                         "add_user Jane Doe <jane@acme.example> [technician]",
		"Can Jane Doe (jane@acme.example) please be given technician rights so she can open tickets?":                                                                                   "add_user Jane Doe <jane@acme.example> [technician] she can open tickets",
		"Please don't remove Raj Patel but add Jane Doe (jane@acme.example) as technician.":                                                                                             "",
		"Name: Jane Doe, Raj Patel\nEmail: jane@acme.example, raj@acme.example\nRole: Technician":                                                                                       "add_user  <> [technician]",
		"Name: Jane and John Doe\nEmail: jane@acme.example\nRole: Technician":                                                                                                           "add_user  <jane@acme.example> [technician]",
		"Name: Jane Doe\nEmail: jane@acme.example\nRole: Technician\nJustification: on-call engineer\n\nName: Raj Patel\nEmail: raj@acme.example\nRole: Technician\nJustification: tbd": "add_user Jane Doe <jane@acme.example> [technician] on-call engineer\nadd_user Raj Patel <raj@acme.example> [technician]",
		"I'd like to schedule a visit of Jane Doe and Raj Patel on 19 January 2027 at 14:30. They will replace the batteries.":                                                          "schedule_visit Jane Doe <> [] They will replace the batteries\nschedule_visit Raj Patel <> [] They will replace the batteries",
		"Of the two below please add only the second one.\n\nFrom: Bob Ray <bob@acme.example>\nSent: Monday\nTo: Ann Lee\n\nPlease add:\n1. Jane Doe, jane@acme.example, technician, rack work\n2. Raj Patel, raj@acme.example, technician, rack work": "add_user Raj Patel <raj@acme.example> [technician] rack work",
		"Please do not add the first one below, only Raj.\n\nFrom: Bob Ray <bob@acme.example>\nSent: Monday\nTo: Ann Lee\n\nPlease add:\n1. Jane Doe, jane@acme.example, technician, rack work\n2. Raj Patel, raj@acme.example, technician, rack work": "",
		"Hello, can you please handle this? Fine with me.\n\nFrom: Bob Ray <bob@acme.example>\nSent: Monday\nTo: Ann Lee\n\nHi Ann, can you get me technician access? I'll be on site every week for the backup tapes.":                                "add_user Bob Ray <bob@acme.example> [technician] I'll be on site every week for the backup tapes",
	} {
		m := mail(text + "\n")
		m.Subject = "access"
		got := interpret.Read(m, interpret.Context{Roles: models["contact-levels"]})
		if b := brief(got.Requests); b != want {
			t.Errorf("%q:\n got %q\nwant %q", text, b, want)
		}
	}
}
