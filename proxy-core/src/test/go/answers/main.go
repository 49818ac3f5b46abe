// Prints what Ollama's own middleware makes of scripted answers of a model: copy it into a folder of a checkout of
// Ollama and run it there. Its output is the test resource testkit/inference/ollama-answers.txt.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/ollama/ollama/api"
	"github.com/ollama/ollama/middleware"
)

var at = time.Date(2026, 1, 2, 3, 4, 5, 678901234, time.UTC)

// As server/routes.go:streamResponse does it.
func stream(c *gin.Context, vals []any) {
	c.Header("Content-Type", "application/x-ndjson")
	i := 0
	c.Stream(func(w io.Writer) bool {
		if i == len(vals) {
			return false
		}
		val := vals[i]
		i++
		if h, ok := val.(gin.H); ok {
			e := h["error"].(string)
			if !c.Writer.Written() {
				c.Header("Content-Type", "application/json")
				c.JSON(500, gin.H{"error": e})
			} else {
				json.NewEncoder(c.Writer).Encode(gin.H{"error": e})
			}
			return false
		}
		bts, _ := json.Marshal(val)
		bts = append(bts, '\n')
		if _, err := w.Write(bts); err != nil {
			return false
		}
		return true
	})
}

var metrics = api.Metrics{TotalDuration: 6000000, LoadDuration: 1000000, PromptEvalCount: 7, PromptEvalDuration: 2000000, EvalCount: 4, EvalDuration: 3000000}

// thoughts, words, and an end: "" as it should be, "error" or "none"
func chat(model string, think, words int, end string) []any {
	var r []any
	for i := 0; i < think; i++ {
		r = append(r, api.ChatResponse{Model: model, CreatedAt: at, Message: api.Message{Role: "assistant", Thinking: fmt.Sprintf(" t%d", i)}})
	}
	for i := 0; i < words; i++ {
		r = append(r, api.ChatResponse{Model: model, CreatedAt: at, Message: api.Message{Role: "assistant", Content: fmt.Sprintf(" w%d", think+i)}})
	}
	switch end {
	case "":
		r = append(r, api.ChatResponse{Model: model, CreatedAt: at, Message: api.Message{Role: "assistant"}, Done: true, DoneReason: "stop", Metrics: metrics})
	case "error":
		r = append(r, gin.H{"error": "an error was encountered while running the model"})
	}
	return r
}

func gen(model string, think, words int, end string) []any {
	var r []any
	for i := 0; i < think; i++ {
		r = append(r, api.GenerateResponse{Model: model, CreatedAt: at, Thinking: fmt.Sprintf(" t%d", i)})
	}
	for i := 0; i < words; i++ {
		r = append(r, api.GenerateResponse{Model: model, CreatedAt: at, Response: fmt.Sprintf(" w%d", think+i)})
	}
	switch end {
	case "":
		r = append(r, api.GenerateResponse{Model: model, CreatedAt: at, Done: true, DoneReason: "stop", Context: []int{0, 1, 2}, Metrics: metrics})
	case "error":
		r = append(r, gin.H{"error": "an error was encountered while running the model"})
	}
	return r
}

func main() {
	gin.SetMode(gin.ReleaseMode)
	think, words, end := 0, 0, ""
	r := gin.New()
	ch := func(c *gin.Context) {
		var req api.ChatRequest
		c.ShouldBindJSON(&req)
		if req.Stream != nil && !*req.Stream {
			var th, tx string
			for i := 0; i < think; i++ {
				th += fmt.Sprintf(" t%d", i)
			}
			for i := 0; i < words; i++ {
				tx += fmt.Sprintf(" w%d", think+i)
			}
			c.JSON(200, api.ChatResponse{Model: req.Model, CreatedAt: at, Message: api.Message{Role: "assistant", Content: tx, Thinking: th}, Done: true, DoneReason: "stop", Metrics: metrics})
			return
		}
		stream(c, chat(req.Model, think, words, end))
	}
	ge := func(c *gin.Context) {
		var req api.GenerateRequest
		c.ShouldBindJSON(&req)
		if req.Stream != nil && !*req.Stream {
			var th, tx string
			for i := 0; i < think; i++ {
				th += fmt.Sprintf(" t%d", i)
			}
			for i := 0; i < words; i++ {
				tx += fmt.Sprintf(" w%d", think+i)
			}
			c.JSON(200, api.GenerateResponse{Model: req.Model, CreatedAt: at, Response: tx, Thinking: th, Done: true, DoneReason: "stop", Context: []int{0, 1, 2}, Metrics: metrics})
			return
		}
		stream(c, gen(req.Model, think, words, end))
	}
	em := func(c *gin.Context) {
		var req api.EmbedRequest
		c.ShouldBindJSON(&req)
		c.JSON(200, api.EmbedResponse{Model: req.Model, Embeddings: [][]float32{{0.5, -0.25}}, TotalDuration: 6000000, LoadDuration: 1000000, PromptEvalCount: 7})
	}
	r.POST("/api/chat", ch)
	r.POST("/api/generate", ge)
	r.POST("/api/embed", em)
	r.POST("/api/embeddings", func(c *gin.Context) { c.JSON(200, api.EmbeddingResponse{Embedding: []float64{0.5, -0.25}}) })
	r.POST("/v1/chat/completions", middleware.ChatMiddleware(), ch)
	r.POST("/v1/completions", middleware.CompletionsMiddleware(), ge)
	r.POST("/v1/embeddings", middleware.EmbeddingsMiddleware(), em)
	r.POST("/v1/responses", middleware.ResponsesMiddleware(), ch)
	r.POST("/v1/messages", middleware.AnthropicMessagesMiddleware(), ch)
	r.POST("/v1/audio/transcriptions", middleware.TranscriptionMiddleware(), ch)
	srv := httptest.NewServer(r)
	do := func(name, path, ctype, body string, t, w int, e string) {
		think, words, end = t, w, e
		resp, err := http.Post(srv.URL+path, ctype, bytes.NewBufferString(body))
		if err != nil {
			panic(err)
		}
		b, _ := io.ReadAll(resp.Body)
		ct := resp.Header.Get("Content-Type")
		te := strings.Join(resp.TransferEncoding, ",")
		if te == "" {
			te = "length"
		}
		fmt.Printf("=== %s %d %s %s\n%s\n", name, resp.StatusCode, te, ct, b)
	}
	J := "application/json"
	for _, e := range []struct{ n, e string }{{"whole", ""}, {"error", "error"}, {"unended", "none"}} {
		do("generate-stream-"+e.n, "/api/generate", J, `{"model":"m","prompt":"x"}`, 2, 2, e.e)
		do("chat-stream-"+e.n, "/api/chat", J, `{"model":"m","messages":[{"role":"user","content":"x"}]}`, 2, 2, e.e)
		do("v1chat-stream-"+e.n, "/v1/chat/completions", J, `{"model":"m","messages":[{"role":"user","content":"x"}],"stream":true}`, 2, 2, e.e)
		do("v1chat-usage-"+e.n, "/v1/chat/completions", J, `{"model":"m","messages":[{"role":"user","content":"x"}],"stream":true,"stream_options":{"include_usage":true}}`, 2, 2, e.e)
		do("v1completions-stream-"+e.n, "/v1/completions", J, `{"model":"m","prompt":"x","stream":true}`, 0, 4, e.e)
		do("v1completions-usage-"+e.n, "/v1/completions", J, `{"model":"m","prompt":"x","stream":true,"stream_options":{"include_usage":true}}`, 0, 4, e.e)
		do("responses-stream-"+e.n, "/v1/responses", J, `{"model":"m","input":"x","stream":true}`, 2, 2, e.e)
		do("messages-stream-"+e.n, "/v1/messages", J, `{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"x"}],"stream":true}`, 2, 2, e.e)
	}
	do("generate-whole", "/api/generate", J, `{"model":"m","prompt":"x","stream":false}`, 2, 2, "")
	do("chat-whole", "/api/chat", J, `{"model":"m","messages":[{"role":"user","content":"x"}],"stream":false}`, 2, 2, "")
	do("v1chat-whole", "/v1/chat/completions", J, `{"model":"m","messages":[{"role":"user","content":"x"}]}`, 2, 2, "")
	do("v1completions-whole", "/v1/completions", J, `{"model":"m","prompt":"x"}`, 0, 4, "")
	do("responses-whole", "/v1/responses", J, `{"model":"m","input":"x"}`, 2, 2, "")
	do("messages-whole", "/v1/messages", J, `{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"x"}]}`, 2, 2, "")
	do("embed", "/api/embed", J, `{"model":"m","input":"x"}`, 0, 0, "")
	do("embeddings", "/api/embeddings", J, `{"model":"m","prompt":"x"}`, 0, 0, "")
	do("v1embeddings", "/v1/embeddings", J, `{"model":"m","input":"x"}`, 0, 0, "")
	form := "--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nm\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\r\nRIFF\r\n--b--\r\n"
	do("transcriptions", "/v1/audio/transcriptions", "multipart/form-data; boundary=b", form, 0, 4, "")
	do("error-native", "/api/chat", J, `{"model":"m","messages":[{"role":"user","content":"x"}]}`, 0, 0, "error")
	do("error-v1chat", "/v1/chat/completions", J, `{"model":"m","messages":[{"role":"user","content":"x"}],"stream":true}`, 0, 0, "error")
	do("error-responses", "/v1/responses", J, `{"model":"m","input":"x","stream":true}`, 0, 0, "error")
	do("error-messages", "/v1/messages", J, `{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"x"}],"stream":true}`, 0, 0, "error")
}
