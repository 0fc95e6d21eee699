GO ?= go

.PHONY: all build test lint servers fuzz bench replicas growth start latency memory attacks faults demo audit clean

all: build

build: ## the program, as ./bin/countersign
	$(GO) build -trimpath -o bin/countersign ./cmd/countersign

demo: ## a whole conversation by real mail
	$(GO) run ./cmd/countersign demo

# SQLite is C turned into Go: to watch its memory takes three quarters of the daemon's tests and finds nothing of ours.
RACE = -race -gcflags='modernc.org/...=-race=false -d=checkptr=0'
test: servers lint ## everything; installs the servers that it needs (Debian, Ubuntu)
	$(GO) test $(RACE) -shuffle=on -timeout 25m $$($(GO) list ./... | grep -v '/internal/daemon$$')
	@sh .ci/disks || echo "Nothing can be mounted here: the tests with a full disk are left out, and the kill test cuts no power."
	$(GO) test $(RACE) -parallel 8 -shuffle=on -timeout 25m $$(sh .ci/disks || echo "-skip DiskFull$$") ./internal/daemon # hundreds of whole conversations, which mostly wait

lint:
	@unformatted=$$(gofmt -l cmd internal migrations templates); \
	if [ -n "$$unformatted" ]; then echo "gofmt would change:"; echo "$$unformatted"; exit 1; fi
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

servers: ## PostgreSQL, Dovecot, Postfix, OpenDKIM and OpenDMARC from the distribution; started only by the tests, in temporary folders
	@sh .ci/servers

audit: ## known vulnerabilities in what the program uses; needs the network, and is no part of test
	@GO="$(GO)" sh .ci/audit

FUZZTIME ?= 1m
fuzz: ## every fuzz target for FUZZTIME
	@for pkg in $$($(GO) list ./internal/...); do \
	  for target in $$($(GO) test -list '^Fuzz' $$pkg | grep '^Fuzz'); do \
	    echo "$$pkg $$target"; $(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 2s $$pkg || exit 1; \
	  done; \
	done

MAILS ?= 20000
ROUNDS ?= 3
RAWLOOP ?= ../shared/bench
bench: servers ## drain a mailbox, taking turns with the bare loop in RAWLOOP if it is there
	@mkdir -p bin
	$(GO) test -run '^$$' -bench Drain -benchtime 1x -timeout 3h ./internal/bench -args -mails $(MAILS) -rounds $(ROUNDS) \
	  $(if $(wildcard $(RAWLOOP)),-rawloop $(abspath $(RAWLOOP))) | tee bin/bench.txt
	@grep '^ratio' bin/bench.txt

AWAY ?= 0s
replicas: servers ## one to four daemons on one PostgreSQL, AWAY from them, and one mailbox
	$(GO) test -run '^$$' -bench Replicas -benchtime 1x -timeout 3h ./internal/bench -args -mails $(MAILS) -rounds $(ROUNDS) -away $(AWAY)

GROWN ?= 1000,100000
growth: servers ## what a mail costs in databases that hold GROWN mails and 100,000 contacts
	$(GO) test -run '^$$' -bench Growth -benchtime 1x -timeout 3h ./internal/bench -args -mails $(if $(filter command environment,$(origin MAILS)),$(MAILS),2000) -rounds $(ROUNDS) -grown $(GROWN)

latency: servers ## from the IMAP server's EXISTS to our answer accepted by the SMTP server, at 1, 10 and 50 mails a second
	$(GO) test -run '^$$' -bench Latency -benchtime 1x -timeout 1h ./internal/bench

memory: servers ## how far the peak of memory rises with a mail of the largest size
	$(GO) test -run '^$$' -bench Largest -benchtime 1x -timeout 1h ./internal/bench

STORED ?= 1000000
start: servers ## how long a start takes on a database with STORED mails
	$(GO) test -run '^$$' -bench Start -benchtime 1x -timeout 1h ./internal/bench -args -stored $(STORED)

KILLS ?= 200
faults: servers ## kill the daemon KILLS times under load, a third each on SQLite, on PostgreSQL and as one of three, and prove that nothing was lost or doubled
	@mkdir -p bin
	@$(GO) test -count=1 -timeout 6h -run '^TestKills$$' -v ./internal/killtest -args -kills $$(( ($(KILLS) + 2) / 3 )) > bin/faults.txt; code=$$?; \
	grep -v '^=== ' bin/faults.txt; \
	sed -n 's/.*kills: \([0-9]*\), mails: \([0-9]*\), lost: \([0-9]*\), doubled: \([0-9]*\) .*/\1 \2 \3 \4/p' bin/faults.txt | \
	  awk '{k+=$$1; m+=$$2; l+=$$3; d+=$$4} END{printf "kills: %d, mails: %d, lost: %d, doubled: %d\n", k, m, l, d}'; exit $$code

attacks: servers ## every known attack against the running daemon, as a table
	@mkdir -p bin
	@$(GO) test -count=1 -timeout 30m -run '^TestAttack' -v ./internal/daemon > bin/attacks.txt || { grep -v '^=== ' bin/attacks.txt; exit 1; }
	@sed -n 's/^ *attacks[a-z_]*test.go:[0-9]*: attack | //p' bin/attacks.txt | sort | sed 's/^/| /; s/$$/ |/'
	@awk '/ attacks defined: /{d += $$NF} / attack \| /{n++} / attack \| .*SUCCEEDED/{s++} \
	  END{if (n != d) printf "only %d of the attacks that are defined were played: %d\n", n, d; printf "attacks: %d, succeeded: %d\n", n, s; exit s > 0 || n != d}' bin/attacks.txt

clean:
	rm -rf bin
