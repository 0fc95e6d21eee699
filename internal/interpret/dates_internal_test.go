package interpret

import (
	"testing"
	"time"
)

func TestWindow(t *testing.T) {
	t.Parallel()
	load()
	sent := time.Date(2026, time.November, 20, 10, 0, 0, 0, time.UTC) // a Friday
	const day = "2026-12-01T"
	for text, want := range map[string][2]string{
		// One day and a time or a span.
		"2026-12-01 09:00":                                         {day + "09:00"},
		"2026-12-01T09:00":                                         {day + "09:00"},
		"2026/12/01, 9:00 to 17:00":                                {day + "09:00", day + "17:00"},
		"1 December 2026 09:00":                                    {day + "09:00"},
		"December 1st, 2026 from 9 am to 5 pm":                     {day + "09:00", day + "17:00"},
		"Tuesday, the 1st of December 2026, 9-11 am":               {day + "09:00", day + "11:00"},
		"1 Dec 2026, 1-5pm":                                        {day + "13:00", day + "17:00"},
		"01-Dec-2026 0:30":                                         {day + "00:30"},
		"at 12 am on 1 December 2026":                              {day + "00:00"},
		"at 12:15 p.m. on 1 December 2026":                         {day + "12:15"},
		"between 09:30 and 11:00 on 1 December 2026":               {day + "09:30", day + "11:00"},
		"01.12.2026 9-17 Uhr":                                      {day + "09:00", day + "17:00"},
		"am 1. Dezember 2026 um 9 Uhr":                             {day + "09:00"},
		"01.12.2026, 09.00 – 17.30 Uhr":                            {day + "09:00", day + "17:30"},
		"le 1er décembre 2026 de 9h à 17h30":                       {day + "09:00", day + "17:30"},
		"1 de diciembre de 2026 a las 9:00":                        {day + "09:00"},
		"1 dicembre 2026 dalle 9:00 alle 17:00":                    {day + "09:00", day + "17:00"},
		"1 grudnia 2026, 9:00 do 17:00":                            {day + "09:00", day + "17:00"},
		"1 декабря 2026 с 9:00 до 17:00":                           {day + "09:00", day + "17:00"},
		"1 Aralık 2026 09:00":                                      {day + "09:00"},
		"2026年12月1日 午後2時30分":                                       {day + "14:30"},
		"2026年12月1日 上午9点至下午5点":                                     {day + "09:00", day + "17:00"},
		"2026년 12월 1일 오후 2시":                                       {day + "14:00"},
		"25/12/2026 at 10:00":                                      {"2026-12-25T10:00"},
		"12/25/2026 at 10:00":                                      {"2026-12-25T10:00"},
		"11/11/2026 at 10:00":                                      {"2026-11-11T10:00"},
		"1 December 2026 22:00 to 06:00":                           {day + "22:00"}, // the end is on another day
		"on 1 December 2026 at 09:00 for about two hours":          {day + "09:00"},
		"from 1 December 2026 09:00 to 3 December 2026 12:00":      {day + "09:00", "2026-12-03T12:00"},
		"1 December 2026 09:00, leaving on 1 December 2026 at 5pm": {day + "09:00", day + "17:00"},
		"Tuesday 1 December, 09:00":                                {day + "09:00"},
		"Dienstag, den 1. Dezember um 9:00 Uhr":                    {day + "09:00"},
		"Monday 4 January at 09:00":                                {"2027-01-04T09:00"},
		"am Di, 1.12. um 9:00":                                     {day + "09:00"},
		// Lone numbers right behind a day.
		"1 December 2026 from 9 to 12 to swap a switch":            {day + "09:00", day + "12:00"},
		"on 1 December 2026, between 9 and 12, Bo will come":       {day + "09:00", day + "12:00"},
		"1 December 2026, 9-12.":                                   {day + "09:00", day + "12:00"},
		"1 December 2026 (Tuesday), 9-12":                          {day + "09:00", day + "12:00"},
		"1 dicembre 2026 dalle 9 alle 12 per un sopralluogo":       {day + "09:00", day + "12:00"},
		"1 de diciembre del 2026, entre las 9 y las 12":            {day + "09:00", day + "12:00"},
		"1 de dezembro de 2026, das 9 às 12, para trocar um disco": {day + "09:00", day + "12:00"},
		"1 grudnia 2026 r. od 9 do 12 wymieni switch":              {day + "09:00", day + "12:00"},
		"1 декабря 2026 г. с 9 до 12 заменит коммутатор":           {day + "09:00", day + "12:00"},
		"den 1 december 2026 kl. 9 till 12 för att byta en disk":   {day + "09:00", day + "12:00"},
		"1 Aralık 2026 Salı günü saat 9 ile 12 arasında":           {day + "09:00", day + "12:00"},
		"1 Aralık 2026 günü 09:00'dan 12:00'ye kadar":              {day + "09:00", day + "12:00"},
		"1 ta' Diċembru 2026 mid-9 sat-12":                         {day + "09:00", day + "12:00"},
		// The weekday tells the year, on either side of the day.
		"na terça-feira, 1 de dezembro, às 9:00":    {day + "09:00"},
		"nhar it-Tlieta 1 ta' Diċembru fid-9:00":    {day + "09:00"},
		"1 Aralık Salı günü saat 9:00'da":           {day + "09:00"},
		"tisdagen den 1 december kl. 9:00":          {day + "09:00"},
		"1 December (Tuesday) at 09:00":             {day + "09:00"},
		"el martes día 1 de diciembre a las 9:00":   {day + "09:00"},
		"1 декабря (вторник) в 9:00":                {day + "09:00"},
		"am 1.12. (Dienstag) um 9:00 Uhr":           {day + "09:00"},
		"1 December (Monday) at 09:00":              {},
		"on 1 December. Tuesday is fine, too, 9:00": {},
		// Not clear.
		"1 December 2026 from 1 to 3":                 {}, // at night or in the afternoon
		"1 December 2026, 9-12 racks will be moved":   {},
		"1 December 2026, 8 and 10 people":            {},
		"1 December 2026: Bo fits racks from 9 to 12": {},
		"from 8 to 10 December 2026":                  {},
		"":                                            {},
		"1 December 2026":                             {},
		"09:00":                                       {},
		"02/03/2026 at 10:00":                         {},
		"25/12/26 at 10:00":                           {},
		"1 December at 09:00":                         {}, // without year
		"Monday 1 December at 09:00":                  {}, // is a Tuesday
		"next Tuesday at 09:00":                       {},
		"31 February 2026 at 09:00":                   {},
		"1 December 2026 at 25:00":                    {},
		"1 or 2 December 2026 at 09:00, 14:00":        {},
		"1 December 2026 or 2 December 2026 at 9:00":  {},
		"1 December 2026, arrival 9:00, lunch 12:00":  {},
		"1 December 2026, 10-2 am":                    {}, // ten in the morning or in the evening
		"1 December 2026, room 5":                     {},
		"1 December 2026, 09:00, 10:00 or 11:00":      {},
	} {
		starts, ends := window(text, sent)
		for i, p := range []*string{starts, ends} {
			got := ""
			if p != nil {
				got = *p
			}
			if got != want[i] {
				t.Errorf("%q: %s %q, want %q", text, []string{"starts", "ends"}[i], got, want[i])
			}
		}
	}
}
