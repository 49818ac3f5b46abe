// Reads lines "base64-of-a-content-type base64-of-a-body" and prints for each what net/http makes of the form, as
// Ollama's middleware asks for it: "refused", or "model " and the base64 of FormValue("model").
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"fmt"
	"net/http"
	"os"
	"strings"
)

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 64<<20)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for in.Scan() {
		typ, body, _ := strings.Cut(in.Text(), " ")
		request, err := http.NewRequest("POST", "/v1/audio/transcriptions", bytes.NewReader(decoded(body)))
		if err != nil {
			fail(err)
		}
		request.Header.Set("Content-Type", string(decoded(typ)))
		if request.ParseMultipartForm(25<<20) != nil {
			fmt.Fprintln(out, "refused")
		} else {
			fmt.Fprintln(out, "model", base64.StdEncoding.EncodeToString([]byte(request.FormValue("model"))))
		}
	}
	if err := in.Err(); err != nil {
		fail(err)
	}
}

func decoded(text string) []byte {
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		fail(err)
	}
	return b
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
