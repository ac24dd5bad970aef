// Copyright 2018 The Authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Package main implements a small HTTP key-value cache with expiry.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pkg/errors"
	"golang.org/x/sync/errgroup"
)

const (
	defaultTTL  = 5 * time.Minute
	maxBodySize = 1 << 20
)

type Level int

const (
	Debug Level = iota
	Info
	Warning
)

var (
	addr    = flag.String("addr", ":8080", "listen address")
	dataDir = flag.String("data", "", "directory for snapshots")
	verbose = flag.Bool("v", false, "verbose logging")

	// ErrNotFound is returned when a key does not exist.
	ErrNotFound = errors.New("cache: key not found")
)

// Store is anything that can hold values.
type Store interface {
	Get(key string) ([]byte, error)
	Set(key string, value []byte, ttl time.Duration) error
	Delete(key string) error
}

type entry struct {
	Value   []byte    `json:"value"`
	Expires time.Time `json:"expires,omitempty"`
	hits    uint64
}

// Cache is a Store kept in memory. It is safe for concurrent use.
type Cache struct {
	mu      sync.RWMutex
	entries map[string]*entry
	done    chan struct{}
	onEvict func(key string)
}

// New returns an empty cache and starts its janitor.
func New(interval time.Duration) *Cache {
	c := &Cache{
		entries: make(map[string]*entry),
		done:    make(chan struct{}),
	}
	go c.janitor(interval)
	return c
}

func (e *entry) expired(now time.Time) bool {
	return !e.Expires.IsZero() && now.After(e.Expires)
}

// Get implements Store.
func (c *Cache) Get(key string) ([]byte, error) {
	c.mu.RLock()
	defer c.mu.RUnlock()

	e, ok := c.entries[key]
	if !ok || e.expired(time.Now()) {
		return nil, ErrNotFound
	}
	e.hits++
	return e.Value, nil
}

func (c *Cache) Set(key string, value []byte, ttl time.Duration) error {
	if key == "" {
		return errors.New("empty key")
	}
	e := &entry{Value: append([]byte(nil), value...)}
	if ttl > 0 {
		e.Expires = time.Now().Add(ttl)
	}
	c.mu.Lock()
	c.entries[key] = e
	c.mu.Unlock()
	return nil
}

func (c *Cache) Delete(key string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.entries[key]; !ok {
		return ErrNotFound
	}
	delete(c.entries, key)
	return nil
}

func (c *Cache) janitor(interval time.Duration) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case now := <-ticker.C:
			c.mu.Lock()
			for k, e := range c.entries {
				if e.expired(now) {
					delete(c.entries, k)
					if c.onEvict != nil {
						c.onEvict(k)
					}
				}
			}
			c.mu.Unlock()
		case <-c.done:
			return
		}
	}
}

// Keys returns all keys in sorted order.
func (c *Cache) Keys() []string {
	c.mu.RLock()
	keys := make([]string, 0, len(c.entries))
	for k := range c.entries {
		keys = append(keys, k)
	}
	c.mu.RUnlock()
	sort.Slice(keys, func(i, j int) bool { return keys[i] < keys[j] })
	return keys
}

type server struct {
	store Store
	log   *log.Logger
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	key := strings.TrimPrefix(r.URL.Path, "/")
	switch r.Method {
	case http.MethodGet:
		v, err := s.store.Get(key)
		if errors.Is(err, ErrNotFound) {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Write(v)
	case http.MethodPut, http.MethodPost:
		body, err := io.ReadAll(io.LimitReader(r.Body, maxBodySize))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		ttl := defaultTTL
		if secs, err := strconv.Atoi(r.URL.Query().Get("ttl")); err == nil {
			ttl = time.Duration(secs) * time.Second
		}
		if err := s.store.Set(key, body, ttl); err != nil {
			s.log.Printf("set %q: %v", key, err)
			w.WriteHeader(http.StatusInternalServerError)
		}
	default:
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
	}
}

func countWords(r io.Reader) (map[string]int, error) {
	counts := map[string]int{}
	scanner := bufio.NewScanner(r)
	scanner.Split(bufio.ScanWords)
	for scanner.Scan() {
		counts[strings.ToLower(scanner.Text())]++
	}
	return counts, scanner.Err()
}

func worker(id int, jobs <-chan string, results chan<- int, wg *sync.WaitGroup) {
	defer wg.Done()
	for path := range jobs {
		f, err := os.Open(filepath.Join(*dataDir, path))
		if err != nil {
			fmt.Fprintf(os.Stderr, "worker %d: %v\n", id, err)
			continue
		}
		counts, _ := countWords(f)
		f.Close()
		results <- len(counts)
	}
}

func run(ctx context.Context) error {
	cache := New(time.Minute)
	srv := &http.Server{Addr: *addr, Handler: &server{store: cache, log: log.Default()}}

	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		if err := srv.ListenAndServe(); err != http.ErrServerClosed {
			return fmt.Errorf("listen on %s: %w", *addr, err)
		}
		return nil
	})
	g.Go(func() error {
		<-ctx.Done()
		close(cache.done)
		shutdown, cancel := context.WithTimeout(context.Background(), 3*time.Second)
		defer cancel()
		return srv.Shutdown(shutdown)
	})
	return g.Wait()
}

func main() {
	flag.Parse()
	if flag.NArg() != 0 {
		flag.Usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		log.Fatal(err)
	}
}

func TestCache(t *testing.T) {
	tests := []struct {
		name, key string
		value     []byte
		wantErr   bool
	}{
		{"simple", "a", []byte("1"), false},
		{"empty key", "", nil, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := New(time.Hour)
			err := c.Set(tt.key, tt.value, 0)
			if (err != nil) != tt.wantErr {
				t.Fatalf("Set() error = %v, wantErr %v", err, tt.wantErr)
			}
			if got, _ := c.Get(tt.key); !bytes.Equal(got, tt.value) {
				t.Errorf("got %q, want %q", got, tt.value)
			}
		})
	}
}
