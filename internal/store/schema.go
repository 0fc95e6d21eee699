package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"

	"github.com/countersign/countersign/migrations"
)

// Schema connects to the database, changes nothing, and says which version its schema has and which one this program
// knows. An empty database, and a file that is not there yet, have version 0.
func Schema(ctx context.Context, cfg Config) (have, newest int64, err error) {
	files, err := fs.Glob(migrations.FS, path.Join(cfg.Driver, "*.sql"))
	if err != nil || len(files) == 0 {
		return 0, 0, fmt.Errorf("reading the migrations of %s: %w", cfg.Driver, errors.Join(err, fs.ErrNotExist))
	}
	number, _, _ := strings.Cut(path.Base(files[len(files)-1]), "_")
	if newest, err = strconv.ParseInt(number, 10, 64); err != nil {
		return 0, 0, fmt.Errorf("reading the migrations of %s: %w", cfg.Driver, err)
	}
	s := &Store{cfg: cfg, pg: cfg.Driver == "postgres"}
	defer s.Close()
	table := `SELECT count(*) FROM sqlite_master WHERE name = 'goose_db_version'`
	if s.pg {
		table = `SELECT count(*) FROM information_schema.tables WHERE table_name = 'goose_db_version' AND table_schema = current_schema()`
		err = s.openPostgres(ctx)
	} else {
		if _, err := os.Stat(cfg.Path); errors.Is(err, fs.ErrNotExist) {
			return 0, newest, nil
		}
		err = s.openSQLite(ctx)
	}
	if err != nil {
		return 0, newest, err
	}
	var there int
	if err := s.read.GetContext(ctx, &there, table); err != nil {
		return 0, newest, fmt.Errorf("reading the schema's version: %w", err)
	}
	if there == 0 {
		return 0, newest, nil
	}
	var version sql.NullInt64
	if err := s.read.GetContext(ctx, &version, `SELECT max(version_id) FROM goose_db_version WHERE is_applied`); err != nil {
		return 0, newest, fmt.Errorf("reading the schema's version: %w", err)
	}
	return version.Int64, newest, nil
}
