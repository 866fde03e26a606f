// Uses what a program uses of WASI and says what it saw; the same in probe.c and probe.rs.
package main

import (
	"bufio"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"
)

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

func main() {
	for _, arg := range os.Args[1:] {
		fmt.Println("arg", arg)
	}
	fmt.Println("env", os.Getenv("PROBE"))
	line, _ := bufio.NewReader(os.Stdin).ReadString('\n')
	fmt.Println("stdin", strings.TrimSuffix(line, "\n"))
	must(os.Mkdir("/scratch", 0o777))
	must(os.WriteFile("/scratch/a.txt", []byte("written"), 0o666))
	must(os.Rename("/scratch/a.txt", "/scratch/b.txt"))
	info, err := os.Stat("/scratch/b.txt")
	must(err)
	fmt.Println("size", info.Size())
	if given, err := os.ReadFile("/data/given.txt"); err == nil {
		fmt.Println("given", string(given))
	}
	entries, err := os.ReadDir("/scratch")
	must(err)
	for _, entry := range entries {
		fmt.Println("entry", entry.Name())
	}
	_, err = os.Stat("/nowhere")
	fmt.Println("missing", bit(errors.Is(err, fs.ErrNotExist)))
	fmt.Println("year", bit(time.Now().Year() >= 2000))
	_, err = rand.Read(make([]byte, 8))
	fmt.Println("random", bit(err == nil))
	must(os.MkdirAll("/out", 0o777))
	must(os.WriteFile("/out/result.txt", []byte("result"), 0o666))
	fmt.Fprintln(os.Stderr, "to the log")
	os.Exit(3)
}
