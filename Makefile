GO ?= go

.PHONY: all build test lint servers fuzz demo clean

all: build

build: ## the program, as ./bin/countersign
	$(GO) build -trimpath -o bin/countersign ./cmd/countersign

demo: ## a whole conversation by real mail
	$(GO) run ./cmd/countersign demo

test: servers lint ## everything; installs the servers that it needs (Debian, Ubuntu)
	$(GO) test -race -shuffle=on -timeout 14m ./...

lint:
	@unformatted=$$(gofmt -l cmd internal migrations templates); \
	if [ -n "$$unformatted" ]; then echo "gofmt would change:"; echo "$$unformatted"; exit 1; fi
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

servers: ## PostgreSQL, Dovecot, Postfix and OpenDKIM from the distribution; started only by the tests, in temporary folders
	@sh .ci/servers

FUZZTIME ?= 1m
fuzz: ## every fuzz target for FUZZTIME
	@for pkg in $$($(GO) list ./internal/...); do \
	  for target in $$($(GO) test -list '^Fuzz' $$pkg | grep '^Fuzz'); do \
	    echo "$$pkg $$target"; $(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) $$pkg || exit 1; \
	  done; \
	done

clean:
	rm -rf bin
