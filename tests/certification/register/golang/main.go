// Judges an exported register with the Go team's own code: signature, root from all entries, every tile, inclusion and consistency.
// Used: note.Open, tlog.TreeHash, ReadTileData, CheckRecord, CheckTree. Not TileHashReader: before x/mod 0.40.0 it skipped some tiles.
//
// Usage: go run . FOLDER VKEY. Beside the tree FOLDER holds proof-<index> and consistency-<size>, a base64 hash a line; of a
// consistency proof the first line is the root of that size.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	return value
}

func check(err error, what string) {
	if err != nil {
		fmt.Printf("%s: %v\n", what, err)
		os.Exit(1)
	}
}

func hashLines(path string) (hashes []tlog.Hash) {
	for _, line := range strings.Fields(string(must(os.ReadFile(path)))) {
		hashes = append(hashes, must(tlog.ParseHash(line)))
	}
	return hashes
}

func numberOf(path string) int64 {
	base := filepath.Base(path)
	return must(strconv.ParseInt(base[strings.Index(base, "-")+1:], 10, 64))
}

// place returns where a tile stands in the tree; the Go team's paths name the height too.
func place(tile tlog.Tile) string {
	return strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
}

func main() {
	folder := os.Args[1]
	verifier := must(note.NewVerifier(os.Args[2]))
	opened := must(note.Open(must(os.ReadFile(filepath.Join(folder, "checkpoint"))), note.VerifierList(verifier)))
	lines := strings.Split(opened.Text, "\n")
	size := must(strconv.ParseInt(lines[1], 10, 64))
	var root tlog.Hash
	copy(root[:], must(base64.StdEncoding.DecodeString(lines[2])))

	var stored, leaves []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		found := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			if index >= int64(len(stored)) {
				return nil, fmt.Errorf("no hash %d", index)
			}
			found[i] = stored[index]
		}
		return found, nil
	})
	for start := int64(0); start < size; start += 256 {
		tile := tlog.Tile{H: 8, L: 0, N: start / 256, W: int(min(256, size-start))}
		path := strings.Replace(place(tile), "tile/0/", "tile/entries/", 1)
		data := must(os.ReadFile(filepath.Join(folder, path)))
		for len(data) > 0 {
			length := int(binary.BigEndian.Uint16(data))
			leaf := tlog.RecordHash(data[2 : 2+length])
			data = data[2+length:]
			stored = append(stored, must(tlog.StoredHashesForRecordHash(int64(len(leaves)), leaf, reader))...)
			leaves = append(leaves, leaf)
		}
	}
	if int64(len(leaves)) != size {
		check(fmt.Errorf("%d instead of %d", len(leaves), size), "entries")
	}
	if must(tlog.TreeHash(size, reader)) != root {
		check(fmt.Errorf("not that of the entries"), "root")
	}
	tiles := tlog.NewTiles(8, 0, size)
	for _, tile := range tiles {
		if !bytes.Equal(must(tlog.ReadTileData(tile, reader)), must(os.ReadFile(filepath.Join(folder, place(tile))))) {
			check(fmt.Errorf("not that of the entries"), place(tile))
		}
	}
	for _, path := range must(filepath.Glob(filepath.Join(folder, "proof-*"))) {
		index := numberOf(path)
		check(tlog.CheckRecord(hashLines(path), size, root, index, leaves[index]), path)
	}
	for _, path := range must(filepath.Glob(filepath.Join(folder, "consistency-*"))) {
		hashes := hashLines(path)
		check(tlog.CheckTree(hashes[1:], size, root, numberOf(path), hashes[0]), path)
	}
	fmt.Printf("%d entries, %d tiles in order\n", size, len(tiles))
}
