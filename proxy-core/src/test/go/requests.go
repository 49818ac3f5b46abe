package main

import "encoding/json"

// requests makes the struct that a route's body is decoded into.
var requests = map[string]func() any{
	"GENERATE":         func() any { return new(GenerateRequest) },
	"CHAT":             func() any { return new(ChatRequest) },
	"EMBED":            func() any { return new(EmbedRequest) },
	"EMBEDDINGS":       func() any { return new(EmbeddingRequest) },
	"CHAT_COMPLETIONS": func() any { return new(ChatCompletionRequest) },
	"COMPLETIONS":      func() any { return new(CompletionRequest) },
	"V1_EMBEDDINGS":    func() any { return new(V1EmbedRequest) },
	"RESPONSES":        func() any { return new(ResponsesRequest) },
	"MESSAGES":         func() any { return new(MessagesRequest) },
	"SHOW":             func() any { return new(ShowRequest) },
	"PULL_MODEL":       func() any { return new(PullRequest) },
	"PUSH_MODEL":       func() any { return new(PushRequest) },
	"DELETE_MODEL":     func() any { return new(DeleteRequest) },
	"CREATE_MODEL":     func() any { return new(CreateRequest) },
	"COPY_MODEL":       func() any { return new(CopyRequest) },
}

type Image []byte

type GenerateRequest struct {
	Model       string          `json:"model"`
	Prompt      string          `json:"prompt"`
	Suffix      string          `json:"suffix"`
	System      string          `json:"system"`
	Template    string          `json:"template"`
	Context     []int           `json:"context"`
	Stream      *bool           `json:"stream"`
	Raw         bool            `json:"raw"`
	Format      json.RawMessage `json:"format"`
	KeepAlive   *Duration       `json:"keep_alive"`
	Images      []Image         `json:"images"`
	Options     map[string]any  `json:"options"`
	Think       *Think          `json:"think"`
	Truncate    *bool           `json:"truncate"`
	Shift       *bool           `json:"shift"`
	DebugRender bool            `json:"_debug_render_only"`
	Logprobs    bool            `json:"logprobs"`
	TopLogprobs int             `json:"top_logprobs"`
}

type ChatRequest struct {
	Model       string          `json:"model"`
	Messages    []Message       `json:"messages"`
	Stream      *bool           `json:"stream"`
	Format      json.RawMessage `json:"format"`
	KeepAlive   *Duration       `json:"keep_alive"`
	Tools       []Tool          `json:"tools"`
	Options     map[string]any  `json:"options"`
	Think       *Think          `json:"think"`
	Truncate    *bool           `json:"truncate"`
	Shift       *bool           `json:"shift"`
	DebugRender bool            `json:"_debug_render_only"`
	Logprobs    bool            `json:"logprobs"`
	TopLogprobs int             `json:"top_logprobs"`
}

type Message struct {
	Role       string     `json:"role"`
	Content    string     `json:"content"`
	Thinking   string     `json:"thinking"`
	Images     []Image    `json:"images"`
	ToolCalls  []ToolCall `json:"tool_calls"`
	ToolName   string     `json:"tool_name"`
	ToolCallID string     `json:"tool_call_id"`
}

type ToolCall struct {
	ID       string           `json:"id"`
	Function ToolCallFunction `json:"function"`
}

type ToolCallFunction struct {
	Index     int          `json:"index"`
	Name      string       `json:"name"`
	Arguments Ordered[any] `json:"arguments"`
}

type Tool struct {
	Type     string       `json:"type"`
	Items    any          `json:"items"`
	Function ToolFunction `json:"function"`
}

type ToolFunction struct {
	Name        string                 `json:"name"`
	Description string                 `json:"description"`
	Parameters  ToolFunctionParameters `json:"parameters"`
}

type ToolFunctionParameters struct {
	Type       string                 `json:"type"`
	Defs       any                    `json:"$defs"`
	Items      any                    `json:"items"`
	Required   []string               `json:"required"`
	Properties *Ordered[ToolProperty] `json:"properties"`
}

type ToolProperty struct {
	AnyOf       []ToolProperty         `json:"anyOf"`
	Type        Strings                `json:"type"`
	Items       any                    `json:"items"`
	Description string                 `json:"description"`
	Enum        []any                  `json:"enum"`
	Properties  *Ordered[ToolProperty] `json:"properties"`
	Required    []string               `json:"required"`
}

type EmbedRequest struct {
	Model      string         `json:"model"`
	Input      any            `json:"input"`
	KeepAlive  *Duration      `json:"keep_alive"`
	Truncate   *bool          `json:"truncate"`
	Dimensions int            `json:"dimensions"`
	Options    map[string]any `json:"options"`
}

type EmbeddingRequest struct {
	Model     string         `json:"model"`
	Prompt    string         `json:"prompt"`
	KeepAlive *Duration      `json:"keep_alive"`
	Options   map[string]any `json:"options"`
}

type ShowRequest struct {
	Model    string         `json:"model"`
	System   string         `json:"system"`
	Template string         `json:"template"`
	Verbose  bool           `json:"verbose"`
	Options  map[string]any `json:"options"`
	Name     string         `json:"name"`
}

type PullRequest struct {
	Model    string `json:"model"`
	Insecure bool   `json:"insecure"`
	Username string `json:"username"`
	Password string `json:"password"`
	Stream   *bool  `json:"stream"`
	Name     string `json:"name"`
}

type PushRequest PullRequest

type DeleteRequest struct {
	Model string `json:"model"`
	Name  string `json:"name"`
}

type CopyRequest struct {
	Source      string `json:"source"`
	Destination string `json:"destination"`
}

type CreateRequest struct {
	Model         string            `json:"model"`
	Stream        *bool             `json:"stream"`
	Quantize      string            `json:"quantize"`
	DraftQuantize string            `json:"draft_quantize"`
	From          string            `json:"from"`
	RemoteHost    string            `json:"remote_host"`
	Files         map[string]string `json:"files"`
	DraftFiles    map[string]string `json:"draft_files"`
	Adapters      map[string]string `json:"adapters"`
	Template      string            `json:"template"`
	License       any               `json:"license"`
	System        string            `json:"system"`
	Parameters    map[string]any    `json:"parameters"`
	Messages      []Message         `json:"messages"`
	Renderer      string            `json:"renderer"`
	Parser        string            `json:"parser"`
	Requires      string            `json:"requires"`
	Info          map[string]any    `json:"info"`
	Name          string            `json:"name"`
	Quantization  string            `json:"quantization"`
}
