package config

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/countersign/countersign/internal/config/yamldoc"
	"github.com/countersign/countersign/internal/mailaddr"
)

// Load reads the configuration file at path. env looks up environment variables, as os.LookupEnv does. All that is wrong
// with the file's content is one error of type yamldoc.Problems.
func Load(path string, env func(string) (string, bool)) (*Config, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the configuration: %w", err)
	}
	return Parse(path, data, filepath.Dir(path), env)
}

// Parse is Load for a file that is already read: name stands in problems, dir is where relative file names start.
func Parse(name string, data []byte, dir string, env func(string) (string, bool)) (*Config, error) {
	doc := yamldoc.Read(name, data)
	doc.Expand(func(text string) (string, error) { return expand(text, env) })
	cfg := defaults()
	doc.Decode(cfg,
		yamldoc.Fresh(defaultMailbox),
		yamldoc.Text(parseAddress),
		yamldoc.Text(parseStart),
		yamldoc.Text(parseLevel),
		yamldoc.Text(parseZone),
		yamldoc.Fresh(defaultSite),
		yamldoc.Fresh(defaultPortal),
		yamldoc.Text(parseClock),
		yamldoc.Text(parseDayTime),
		yamldoc.Words(SQLite, Postgres),
		yamldoc.Words(TeamSupport, TeamSecurity, TeamBilling),
		yamldoc.Words(TLSImplicit, TLSStart, TLSOff),
		yamldoc.Words(FilingMove, FilingNone),
		yamldoc.Words(OtherUntouched, OtherMove, OtherTicket),
		yamldoc.Words(TrustedHeader, OwnChecks, BothChecks),
		yamldoc.Words(LogText, LogJSON),
	)
	c := &checker{doc: doc, cfg: cfg, dir: dir}
	c.all()
	if err := doc.Err(); err != nil {
		return nil, err
	}
	return cfg, nil
}

// A doubled dollar sign stands for itself where a brace follows.
var variable = regexp.MustCompile(`\$?\$\{[^}]*\}?`)

var variableName = regexp.MustCompile(`^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$`)

// expand replaces ${NAME} in text by the environment variable NAME. Its errors show names of variables only: the text
// around them may be a secret.
func expand(text string, env func(string) (string, bool)) (string, error) {
	var failure error
	expanded := variable.ReplaceAllStringFunc(text, func(found string) string {
		if rest, doubled := strings.CutPrefix(found, "$$"); doubled {
			return "$" + rest
		}
		name := variableName.FindStringSubmatch(found)
		if name == nil {
			failure = fmt.Errorf("a ${ begins no variable such as ${IMAP_PASSWORD}; for the characters ${ themselves write $${")
			return ""
		}
		value, ok := env(name[1])
		if !ok {
			failure = fmt.Errorf("the environment variable %s is not set", name[1])
		}
		return value
	})
	return expanded, failure
}

func parseAddress(text string) (mailaddr.Address, error) {
	a, err := mailaddr.Parse(text)
	if err != nil {
		why := strings.TrimPrefix(err.Error(), mailaddr.ErrInvalid.Error()+": ")
		return a, fmt.Errorf("%q is no address such as support@provider.example: %s", text, why)
	}
	return a, nil
}

func parseLevel(text string) (slog.Level, error) {
	levels := map[string]slog.Level{
		"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError,
	}
	level, ok := levels[text]
	if !ok {
		return level, fmt.Errorf("%q is not known; write debug, info, warn or error", text)
	}
	return level, nil
}
