// PGM in, JSON out: how often each brightness occurs, and what follows from it.
package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

type histogram struct {
	Width  int      `json:"width"`
	Height int      `json:"height"`
	Counts [256]int `json:"counts"`
	Mean   float64  `json:"mean"`
	Median int      `json:"median"`
}

func measure(frame []byte) ([]byte, error) {
	var h histogram
	var depth int
	reader := bytes.NewReader(frame)
	if _, err := fmt.Fscanf(reader, "P5\n%d %d\n%d\n", &h.Width, &h.Height, &depth); err != nil || depth != 255 {
		return nil, errors.New("histogram: stdin is no PGM (P5, 8 bits)")
	}
	samples := frame[len(frame)-reader.Len():]
	if h.Width <= 0 || h.Height <= 0 || len(samples) != h.Width*h.Height {
		return nil, errors.New("histogram: the image is not as large as it says")
	}
	sum := 0
	for _, sample := range samples {
		h.Counts[sample]++
		sum += int(sample)
	}
	h.Mean = float64(sum*100/len(samples)) / 100
	for seen := 0; h.Median < 255; h.Median++ {
		if seen += h.Counts[h.Median]; 2*seen >= len(samples) {
			break
		}
	}
	return json.Marshal(h)
}

// Frame after frame: envelope of 1 byte of flags and 4 of length, then the payload.
func stream() error {
	var head [5]byte
	for {
		if _, err := io.ReadFull(os.Stdin, head[:]); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		frame := make([]byte, binary.BigEndian.Uint32(head[1:]))
		if _, err := io.ReadFull(os.Stdin, frame); err != nil {
			return err
		}
		answer, err := measure(frame)
		if err != nil {
			return err
		}
		framed := binary.BigEndian.AppendUint32([]byte{0}, uint32(len(answer)))
		if _, err := os.Stdout.Write(append(framed, answer...)); err != nil {
			return err
		}
	}
}

func command() error {
	frame, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	answer, err := measure(frame)
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(answer)
	return err
}

func main() {
	run := command
	if os.Getenv("WEFT_ABI") == "stream" {
		run = stream
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
