package main

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"time"
)

// Duration is how keep_alive is read: seconds, or a duration in words; negative is for ever.
type Duration struct {
	D time.Duration
}

func (d *Duration) UnmarshalJSON(b []byte) error {
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		return err
	}
	switch t := v.(type) {
	case float64:
		if t < 0 {
			d.D = math.MaxInt64
		} else {
			d.D = time.Duration(t * float64(time.Second))
		}
	case string:
		parsed, err := time.ParseDuration(t)
		if err != nil {
			return err
		}
		if parsed < 0 {
			parsed = math.MaxInt64
		}
		d.D = parsed
	default:
		return errors.New("neither seconds nor a duration")
	}
	return nil
}

// Think is true, false or one of four words.
type Think struct {
	V any
}

func (t *Think) UnmarshalJSON(b []byte) error {
	var flag bool
	if json.Unmarshal(b, &flag) == nil {
		t.V = flag
		return nil
	}
	var word string
	if err := json.Unmarshal(b, &word); err != nil {
		return err
	}
	switch word {
	case "high", "medium", "low", "max":
		t.V = word
		return nil
	}
	return errors.New("no such word")
}

// Strings are one string, or several.
type Strings []string

func (s *Strings) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*s = Strings{one}
		return nil
	}
	var several []string
	if err := json.Unmarshal(b, &several); err != nil {
		return err
	}
	*s = several
	return nil
}

// Ordered is an object whose members are read afresh each time.
type Ordered[V any] struct {
	M map[string]V
}

func (o *Ordered[V]) UnmarshalJSON(b []byte) error {
	o.M = nil
	return json.Unmarshal(b, &o.M)
}

func (m *Message) UnmarshalJSON(b []byte) error {
	type plain Message
	var p plain
	if err := json.Unmarshal(b, &p); err != nil {
		return err
	}
	*m = Message(p)
	m.Role = strings.ToLower(m.Role)
	return nil
}

func (m *MessageParam) UnmarshalJSON(b []byte) error {
	var raw struct {
		Role    string          `json:"role"`
		Content json.RawMessage `json:"content"`
	}
	if err := json.Unmarshal(b, &raw); err != nil {
		return err
	}
	m.Role = raw.Role
	var text string
	if json.Unmarshal(raw.Content, &text) == nil {
		m.Content = []ContentBlock{{Type: "text", Text: &text}}
		return nil
	}
	return json.Unmarshal(raw.Content, &m.Content)
}

func (r *ResponsesInput) UnmarshalJSON(b []byte) error {
	var text string
	if json.Unmarshal(b, &text) == nil {
		r.Text = text
		return nil
	}
	var raw []json.RawMessage
	if err := json.Unmarshal(b, &raw); err != nil {
		return err
	}
	r.Items = make([]any, 0, len(raw))
	for _, b := range raw {
		item, err := readItem(b)
		if err != nil {
			return err
		}
		r.Items = append(r.Items, item)
	}
	return nil
}

func readItem(b []byte) (any, error) {
	var head struct {
		Type string `json:"type"`
		Role string `json:"role"`
	}
	if err := json.Unmarshal(b, &head); err != nil {
		return nil, err
	}
	if head.Type == "" && head.Role != "" {
		head.Type = "message"
	}
	switch head.Type {
	case "message":
		return read[ResponsesInputMessage](b)
	case "function_call":
		return read[ResponsesFunctionCall](b)
	case "function_call_output":
		return read[ResponsesFunctionCallOutput](b)
	case "reasoning":
		return read[ResponsesReasoningInput](b)
	case "web_search_call":
		return read[ResponsesWebSearchCall](b)
	}
	return nil, errors.New("no such item")
}

func read[T any](b []byte) (any, error) {
	var v T
	err := json.Unmarshal(b, &v)
	return v, err
}

func (m *ResponsesInputMessage) UnmarshalJSON(b []byte) (err error) {
	var raw struct {
		Type    string          `json:"type"`
		Role    string          `json:"role"`
		Content json.RawMessage `json:"content"`
	}
	if err = json.Unmarshal(b, &raw); err != nil {
		return err
	}
	m.Type, m.Role = raw.Type, raw.Role
	m.Content, err = readContents(raw.Content)
	return err
}

func (o *ResponsesFunctionCallOutput) UnmarshalJSON(b []byte) (err error) {
	var raw struct {
		Type   string          `json:"type"`
		CallID string          `json:"call_id"`
		Output json.RawMessage `json:"output"`
	}
	if err = json.Unmarshal(b, &raw); err != nil {
		return err
	}
	o.Type, o.CallID = raw.Type, raw.CallID
	o.Output, err = readContents(raw.Output)
	return err
}

// readContents reads text, or a list of texts, images and files.
func readContents(b []byte) ([]any, error) {
	if len(b) == 0 {
		return nil, nil
	}
	var text string
	if json.Unmarshal(b, &text) == nil {
		return []any{ResponsesTextContent{Type: "input_text", Text: text}}, nil
	}
	var raw []json.RawMessage
	if err := json.Unmarshal(b, &raw); err != nil {
		return nil, err
	}
	all := make([]any, 0, len(raw))
	for _, b := range raw {
		content, err := readContent(b)
		if err != nil {
			return nil, err
		}
		all = append(all, content)
	}
	return all, nil
}

func readContent(b []byte) (any, error) {
	var head struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(b, &head); err != nil {
		return nil, err
	}
	switch head.Type {
	case "input_text":
		return read[ResponsesTextContent](b)
	case "input_image":
		return read[ResponsesImageContent](b)
	case "output_text":
		return read[ResponsesOutputTextContent](b)
	case "input_file":
		return read[ResponsesFileContent](b)
	}
	return nil, errors.New("no such content")
}
