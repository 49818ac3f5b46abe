// Reads lines "route base64-of-a-body" and prints for each what Go's encoding/json makes of it: "refused", or the decoded
// struct and the model that a second reading into a map finds.
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 64<<20)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for in.Scan() {
		route, text, _ := strings.Cut(in.Text(), " ")
		body, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		request, known := requests[route]
		if !known {
			fmt.Fprintln(os.Stderr, "no such route:", route)
			os.Exit(1)
		}
		var d dumper
		v := request()
		if err := json.NewDecoder(bytes.NewReader(body)).Decode(v); err != nil {
			d.out.WriteString("refused")
		} else {
			d.dump(v)
		}
		d.out.WriteByte(' ')
		d.dump(passthroughModel(body))
		out.WriteString(d.out.String())
		out.WriteByte('\n')
	}
	if err := in.Err(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func passthroughModel(body []byte) *string {
	var members map[string]json.RawMessage
	if json.Unmarshal(body, &members) != nil {
		return nil
	}
	raw, ok := members["model"]
	if !ok {
		return nil
	}
	var model string
	if json.Unmarshal(raw, &model) != nil {
		return nil
	}
	return &model
}
