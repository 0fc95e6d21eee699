// Package config reads the configuration file: YAML becomes a validated Config, or every problem at once by file, line and key.
//
// Keys are strict, defaults stand in this package, and secrets come from files or the environment and print as redacted.
// config.example.yaml in the repository documents every key.
package config

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/countersign/countersign/internal/mailaddr"
	"github.com/countersign/countersign/internal/policy"
)

// Config is a complete, valid configuration. File names are resolved against the folder of the configuration file.
type Config struct {
	Provider      Provider     `yaml:"provider"`
	Database      Database     `yaml:"database"`
	SecretKeyFile string       `yaml:"secret_key_file"` // for LoadOrCreateKey
	Mailboxes     []Mailbox    `yaml:"mailboxes"`       // at least one
	Submission    Submission   `yaml:"submission"`
	DKIM          *DKIM        `yaml:"dkim"` // nil: outgoing mail is not signed
	Sender        Sender       `yaml:"sender"`
	Policy        Policy       `yaml:"policy"`
	Digest        Digest       `yaml:"digest"`
	Limits        Limits       `yaml:"limits"`
	Sites         []Site       `yaml:"sites"`
	BadgePolicy   *BadgePolicy `yaml:"badge_policy"` // nil: nothing is accepted at registration
	RoleModels    []string     `yaml:"role_models"`  // files of the provider's own role models; a folder stands for its *.yaml
	Web           Web          `yaml:"web"`
	Portals       []Portal     `yaml:"portals"` // which may ask over HTTP; none without
	Metrics       Metrics      `yaml:"metrics"`
	Canary        Canary       `yaml:"canary"`
	Templates     Templates    `yaml:"templates"`
	Log           Log          `yaml:"log"`
	Worker        Worker       `yaml:"worker"`

	// Models are the provider's own role models, read from RoleModels.
	Models []*policy.Model `yaml:"-"`
	// Warnings are allowed but doubtful settings, each as "file:line: key: text", without secrets.
	Warnings []string `yaml:"-"`
}

// Provider is who runs the service, as correspondents see it.
type Provider struct {
	Name           string           `yaml:"name"`
	SupportAddress mailaddr.Address `yaml:"support_address"`
	WebURL         string           `yaml:"web_url"` // without a final slash
	TimeZone       Zone             `yaml:"time_zone"`
	PortalURL      string           `yaml:"portal_url"` // where registered people sign in; empty for none
}

// Zone is a time zone of the IANA database; the zero value is UTC.
type Zone struct{ Location *time.Location }

func (z Zone) String() string { return z.Location.String() }

func parseZone(s string) (Zone, error) {
	l, err := time.LoadLocation(s)
	if err != nil || s == "" || s == "Local" {
		return Zone{}, errors.New("this is no time zone; write one such as Europe/Berlin, or UTC")
	}
	return Zone{l}, nil
}

// Driver is a database engine.
type Driver string

// The database engines.
const (
	SQLite   Driver = "sqlite"
	Postgres Driver = "postgres"
)

// Database is where everything is stored: Path for SQLite, DSN for PostgreSQL.
type Database struct {
	Driver  Driver `yaml:"driver"`
	Path    string `yaml:"path"`
	DSN     Secret `yaml:"dsn"` // filled from DSNFile where that is given
	DSNFile string `yaml:"dsn_file"`
}

// Team is a group of the provider's staff.
type Team string

// The teams.
const (
	TeamSupport  Team = "support"
	TeamSecurity Team = "security"
	TeamBilling  Team = "billing"
)

// Mailbox is one IMAP mailbox to read and what its mail means.
type Mailbox struct {
	Name          string           `yaml:"name"` // unique
	Team          Team             `yaml:"team"`
	Address       mailaddr.Address `yaml:"address"`
	Subaddressing bool             `yaml:"subaddressing"` // local+token@ reaches this mailbox (RFC 5233)
	IMAP          IMAP             `yaml:"imap"`
	Start         Start            `yaml:"start"`
	Filing        Filing           `yaml:"filing"`
	OtherMail     OtherMail        `yaml:"other_mail"`
	IdleRefresh   time.Duration    `yaml:"idle_refresh"`
	Poll          time.Duration    `yaml:"poll"`
}

// TLSMode is how a connection is secured.
type TLSMode string

// The ways to secure a connection. RFC 8314 prefers implicit TLS.
const (
	TLSImplicit TLSMode = "tls"
	TLSStart    TLSMode = "starttls" // required, never skipped when the server does not offer it
	TLSOff      TLSMode = "off"
)

// IMAP is the server and account of a mailbox.
type IMAP struct {
	Host         string  `yaml:"host"`
	Port         int     `yaml:"port"`
	TLS          TLSMode `yaml:"tls"`
	Username     string  `yaml:"username"`
	Password     Secret  `yaml:"password"` // filled from PasswordFile where that is given
	PasswordFile string  `yaml:"password_file"`
	CAFile       string  `yaml:"ca_file"` // empty: the system's authorities
	Mailbox      string  `yaml:"mailbox"`
}

// FilingMode is what happens to processed mail on the server.
type FilingMode string

// The filing modes.
const (
	FilingMove FilingMode = "move"
	FilingNone FilingMode = "none"
)

// OtherMail is what becomes of mail that asks for no access.
type OtherMail string

// The ways with other mail.
const (
	OtherUntouched OtherMail = "untouched"
	OtherMove      OtherMail = "move"
	OtherTicket    OtherMail = "ticket"
)

// Filing names the mailboxes that processed and quarantined mail is moved to, and mail that asks for no access where
// other_mail is move.
type Filing struct {
	Mode       FilingMode `yaml:"mode"`
	Processed  string     `yaml:"processed"`
	Quarantine string     `yaml:"quarantine"`
	Other      string     `yaml:"other"`
}

// Submission is the server that takes outgoing mail (RFC 6409).
type Submission struct {
	Host         string           `yaml:"host"`
	Port         int              `yaml:"port"`
	TLS          TLSMode          `yaml:"tls"`
	Username     string           `yaml:"username"` // empty: no authentication
	Password     Secret           `yaml:"password"` // filled from PasswordFile where that is given
	PasswordFile string           `yaml:"password_file"`
	CAFile       string           `yaml:"ca_file"`    // empty: the system's authorities
	LocalName    string           `yaml:"local_name"` // for EHLO; empty: the machine's host name
	MailFrom     mailaddr.Address `yaml:"mail_from"`  // the reverse-path
	FromName     string           `yaml:"from_name"`  // the display name of the From field
}

// DKIM signs outgoing mail (RFC 6376).
type DKIM struct {
	Domain   string `yaml:"domain"`
	Selector string `yaml:"selector"`
	KeyFile  string `yaml:"key_file"` // a private key in PEM
}

// SenderMode is how the sender of a mail is proved.
type SenderMode string

// The ways to prove a sender.
const (
	// TrustedHeader believes the Authentication-Results fields (RFC 8601) that the provider's own servers added.
	TrustedHeader SenderMode = "trusted_header"
	OwnChecks     SenderMode = "verify" // DKIM, SPF and DMARC are judged here
	BothChecks    SenderMode = "both"   // both must pass
)

// Sender is how the sender of a mail is proved.
type Sender struct {
	Mode       SenderMode `yaml:"mode"`
	AuthservID string     `yaml:"authserv_id"`
	Hops       int        `yaml:"hops"`        // how many Received fields the provider's own servers add
	ReceivedBy string     `yaml:"received_by"` // the name behind "by" in the MX's Received field; empty: no SPF of our own
	DNSServer  string     `yaml:"dns_server"`  // host:port; empty: the system's
}

// Policy is how long things wait.
type Policy struct {
	UndoWindow       time.Duration `yaml:"undo_window"`
	Hold             time.Duration `yaml:"hold"` // for changes of approving power
	InvitationExpiry time.Duration `yaml:"invitation_expiry"`
	// Reminders go out so long after asking, in rising order; none where the list is empty.
	Reminders     []time.Duration `yaml:"reminders"`
	Escalation    time.Duration   `yaml:"escalation"`     // when staff stand in for silent approvers; 0: never
	RequestExpiry time.Duration   `yaml:"request_expiry"` // when what nobody answers ends
}

// Digest is the daily mail to staff about what was left, quarantined, and waits.
type Digest struct {
	At DayTime `yaml:"at"` // in provider.time_zone
}

// DayTime is a time of day, or never.
type DayTime struct {
	Off          bool
	Hour, Minute int
}

func (d DayTime) String() string {
	if d.Off {
		return "off"
	}
	return fmt.Sprintf("%02d:%02d", d.Hour, d.Minute)
}

func parseDayTime(s string) (DayTime, error) {
	if s == "off" {
		return DayTime{Off: true}, nil
	}
	t, err := time.Parse("15:04", s)
	if err != nil {
		return DayTime{}, errors.New("this is no time of day; write one such as 07:30, or off")
	}
	return DayTime{Hour: t.Hour(), Minute: t.Minute()}, nil
}

// Limits bound the automatic answers of 24 hours; 0 is no limit.
type Limits struct {
	AnswersPerAddress int `yaml:"answers_per_address"`
	AnswersPerClient  int `yaml:"answers_per_client"`
}

// Web is the server of the pages.
type Web struct {
	Listen string `yaml:"listen"` // host:port
}

// Metrics is the server of the metrics, apart from the pages, which are public.
type Metrics struct {
	Listen string `yaml:"listen"` // host:port; empty for none
}

// Canary is the mail that the daemon sends to each of its mailboxes to prove that mail goes out and comes in.
type Canary struct {
	Every   time.Duration `yaml:"every"`   // 0: none is sent
	Timeout time.Duration `yaml:"timeout"` // then it is late; less than Every
	Webhook Secret        `yaml:"webhook"` // is told when one is late, and when one is back; a secret, since its path may be one
}

// Templates are the texts of mails and pages.
type Templates struct {
	Dir      string `yaml:"dir"`      // files that replace built-in ones; empty for none
	Language string `yaml:"language"` // of people whose language is not known
}

// LogFormat is how a log line is written.
type LogFormat string

// The log formats.
const (
	LogText LogFormat = "text"
	LogJSON LogFormat = "json"
)

// Log is what is logged, and how.
type Log struct {
	Level  slog.Level `yaml:"level"`
	Format LogFormat  `yaml:"format"`
}

// Worker is how stored mail is worked off.
type Worker struct {
	Concurrency   int           `yaml:"concurrency"`
	MaxAttempts   int           `yaml:"max_attempts"`
	ShutdownGrace time.Duration `yaml:"shutdown_grace"`
}

// defaults is what holds where the file says nothing. Ports follow from the TLS mode.
func defaults() *Config {
	return &Config{
		Database:      Database{Driver: SQLite},
		SecretKeyFile: "secret.key",
		Submission:    Submission{TLS: TLSImplicit},
		Sender:        Sender{Mode: TrustedHeader, Hops: 1},
		Policy: Policy{UndoWindow: 10 * time.Minute, Hold: 24 * time.Hour, InvitationExpiry: 168 * time.Hour,
			Reminders: []time.Duration{24 * time.Hour, 72 * time.Hour}, Escalation: 96 * time.Hour, RequestExpiry: 168 * time.Hour},
		Digest:    Digest{At: DayTime{Hour: 7, Minute: 30}},
		Limits:    Limits{AnswersPerAddress: 200, AnswersPerClient: 5000},
		Web:       Web{Listen: "127.0.0.1:8025"},
		Canary:    Canary{Timeout: 5 * time.Minute},
		Templates: Templates{Language: "en"},
		Log:       Log{Level: slog.LevelInfo, Format: LogText},
		Worker:    Worker{Concurrency: 4, MaxAttempts: 3, ShutdownGrace: 10 * time.Second},
	}
}

func defaultMailbox() Mailbox {
	return Mailbox{
		Team:          TeamSupport,
		Subaddressing: true,
		IMAP:          IMAP{TLS: TLSImplicit, Mailbox: "INBOX"},
		Start:         Start{Mode: StartNow},
		Filing:        Filing{Mode: FilingMove, Processed: "Countersign/Processed", Quarantine: "Countersign/Quarantine", Other: "Countersign/Other"},
		OtherMail:     OtherUntouched,
		IdleRefresh:   4 * time.Minute,
		Poll:          time.Minute,
	}
}
