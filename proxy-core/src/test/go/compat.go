package main

import "encoding/json"

type StreamOptions struct {
	IncludeUsage bool `json:"include_usage"`
}

type Reasoning struct {
	Effort string `json:"effort"`
}

type JsonSchema struct {
	Schema json.RawMessage `json:"schema"`
}

type ResponseFormat struct {
	Type       string      `json:"type"`
	JsonSchema *JsonSchema `json:"json_schema"`
}

type V1ToolCall struct {
	ID       string `json:"id"`
	Index    int    `json:"index"`
	Type     string `json:"type"`
	Function struct {
		Name      string `json:"name"`
		Arguments string `json:"arguments"`
	} `json:"function"`
}

type V1Message struct {
	Role       string       `json:"role"`
	Content    any          `json:"content"`
	Reasoning  string       `json:"reasoning"`
	ToolCalls  []V1ToolCall `json:"tool_calls"`
	Name       string       `json:"name"`
	ToolCallID string       `json:"tool_call_id"`
}

type ChatCompletionRequest struct {
	Model            string          `json:"model"`
	Messages         []V1Message     `json:"messages"`
	Stream           bool            `json:"stream"`
	StreamOptions    *StreamOptions  `json:"stream_options"`
	MaxTokens        *int            `json:"max_tokens"`
	Seed             *int            `json:"seed"`
	Stop             any             `json:"stop"`
	Temperature      *float64        `json:"temperature"`
	FrequencyPenalty *float64        `json:"frequency_penalty"`
	PresencePenalty  *float64        `json:"presence_penalty"`
	TopP             *float64        `json:"top_p"`
	ResponseFormat   *ResponseFormat `json:"response_format"`
	Tools            []Tool          `json:"tools"`
	Reasoning        *Reasoning      `json:"reasoning"`
	ReasoningEffort  *string         `json:"reasoning_effort"`
	Logprobs         *bool           `json:"logprobs"`
	TopLogprobs      int             `json:"top_logprobs"`
	DebugRender      bool            `json:"_debug_render_only"`
}

type CompletionRequest struct {
	Model            string         `json:"model"`
	Prompt           string         `json:"prompt"`
	FrequencyPenalty float32        `json:"frequency_penalty"`
	MaxTokens        *int           `json:"max_tokens"`
	PresencePenalty  float32        `json:"presence_penalty"`
	Seed             *int           `json:"seed"`
	Stop             any            `json:"stop"`
	Stream           bool           `json:"stream"`
	StreamOptions    *StreamOptions `json:"stream_options"`
	Temperature      *float32       `json:"temperature"`
	TopP             float32        `json:"top_p"`
	Suffix           string         `json:"suffix"`
	Logprobs         *int           `json:"logprobs"`
	DebugRender      bool           `json:"_debug_render_only"`
}

type V1EmbedRequest struct {
	Input          any    `json:"input"`
	Model          string `json:"model"`
	Dimensions     int    `json:"dimensions"`
	EncodingFormat string `json:"encoding_format"`
}

type ResponsesRequest struct {
	Model           string             `json:"model"`
	Background      bool               `json:"background"`
	Conversation    json.RawMessage    `json:"conversation"`
	Include         []string           `json:"include"`
	Input           ResponsesInput     `json:"input"`
	Instructions    string             `json:"instructions"`
	MaxOutputTokens *int               `json:"max_output_tokens"`
	Reasoning       ResponsesReasoning `json:"reasoning"`
	Temperature     *float64           `json:"temperature"`
	Text            *ResponsesText     `json:"text"`
	TopP            *float64           `json:"top_p"`
	Truncation      *string            `json:"truncation"`
	Tools           []ResponsesTool    `json:"tools"`
	Stream          *bool              `json:"stream"`
}

type ResponsesInput struct {
	Text  string `json:"Text"`
	Items []any  `json:"Items"`
}

type ResponsesReasoning struct {
	Effort          string `json:"effort"`
	GenerateSummary string `json:"generate_summary"`
	Summary         string `json:"summary"`
}

type ResponsesText struct {
	Format *ResponsesTextFormat `json:"format"`
}

type ResponsesTextFormat struct {
	Type   string          `json:"type"`
	Name   string          `json:"name"`
	Schema json.RawMessage `json:"schema"`
	Strict *bool           `json:"strict"`
}

type ResponsesTool struct {
	Type        string          `json:"type"`
	Name        string          `json:"name"`
	Description *string         `json:"description"`
	Strict      *bool           `json:"strict"`
	Parameters  map[string]any  `json:"parameters"`
	Tools       []ResponsesTool `json:"tools"`
}

type ResponsesTextContent struct {
	Type string `json:"type"`
	Text string `json:"text"`
}

type ResponsesImageContent struct {
	Type     string `json:"type"`
	Detail   string `json:"detail"`
	FileID   string `json:"file_id"`
	ImageURL string `json:"image_url"`
}

type ResponsesOutputTextContent struct {
	Type string `json:"type"`
	Text string `json:"text"`
}

type ResponsesFileContent struct {
	Type     string `json:"type"`
	FileData string `json:"file_data"`
	FileID   string `json:"file_id"`
	FileURL  string `json:"file_url"`
	Filename string `json:"filename"`
}

type ResponsesInputMessage struct {
	Type    string `json:"type"`
	Role    string `json:"role"`
	Content []any  `json:"content"`
}

type ResponsesFunctionCall struct {
	ID        string `json:"id"`
	Type      string `json:"type"`
	CallID    string `json:"call_id"`
	Name      string `json:"name"`
	Arguments string `json:"arguments"`
}

type ResponsesFunctionCallOutput struct {
	Type   string `json:"type"`
	CallID string `json:"call_id"`
	Output []any  `json:"output"`
}

type ResponsesReasoningInput struct {
	ID               string                      `json:"id"`
	Type             string                      `json:"type"`
	Summary          []ResponsesReasoningSummary `json:"summary"`
	EncryptedContent string                      `json:"encrypted_content"`
}

type ResponsesReasoningSummary struct {
	Type string `json:"type"`
	Text string `json:"text"`
}

type ResponsesWebSearchCall struct {
	ID     string                    `json:"id"`
	Type   string                    `json:"type"`
	Status string                    `json:"status"`
	Action *ResponsesWebSearchAction `json:"action"`
}

type ResponsesWebSearchAction struct {
	Type  string `json:"type"`
	Query string `json:"query"`
}

type MessagesRequest struct {
	Model         string          `json:"model"`
	MaxTokens     int             `json:"max_tokens"`
	Messages      []MessageParam  `json:"messages"`
	System        any             `json:"system"`
	Stream        bool            `json:"stream"`
	Temperature   *float64        `json:"temperature"`
	TopP          *float64        `json:"top_p"`
	TopK          *int            `json:"top_k"`
	StopSequences []string        `json:"stop_sequences"`
	Tools         []AnthropicTool `json:"tools"`
	ToolChoice    *ToolChoice     `json:"tool_choice"`
	Thinking      *ThinkingConfig `json:"thinking"`
	Metadata      *Metadata       `json:"metadata"`
	OutputConfig  *OutputConfig   `json:"output_config"`
}

type MessageParam struct {
	Role    string         `json:"role"`
	Content []ContentBlock `json:"content"`
}

type ContentBlock struct {
	Type      string       `json:"type"`
	Text      *string      `json:"text"`
	Citations []Citation   `json:"citations"`
	Source    *ImageSource `json:"source"`
	ID        string       `json:"id"`
	Name      string       `json:"name"`
	Input     Ordered[any] `json:"input"`
	ToolUseID string       `json:"tool_use_id"`
	Content   any          `json:"content"`
	IsError   bool         `json:"is_error"`
	Thinking  *string      `json:"thinking"`
	Signature string       `json:"signature"`
}

type Citation struct {
	Type           string `json:"type"`
	URL            string `json:"url"`
	Title          string `json:"title"`
	EncryptedIndex string `json:"encrypted_index"`
	CitedText      string `json:"cited_text"`
}

type ImageSource struct {
	Type      string `json:"type"`
	MediaType string `json:"media_type"`
	Data      string `json:"data"`
	URL       string `json:"url"`
}

type AnthropicTool struct {
	Type        string          `json:"type"`
	Name        string          `json:"name"`
	Description string          `json:"description"`
	InputSchema json.RawMessage `json:"input_schema"`
	MaxUses     int             `json:"max_uses"`
}

type ToolChoice struct {
	Type                   string `json:"type"`
	Name                   string `json:"name"`
	DisableParallelToolUse bool   `json:"disable_parallel_tool_use"`
}

type ThinkingConfig struct {
	Type         string `json:"type"`
	BudgetTokens int    `json:"budget_tokens"`
}

type Metadata struct {
	UserID string `json:"user_id"`
}

type OutputConfig struct {
	Effort string `json:"effort"`
}
