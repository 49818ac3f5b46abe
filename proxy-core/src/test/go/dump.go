package main

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"sort"
	"strconv"
	"strings"
	"unicode/utf16"
)

// A dumper writes a value as one line of ASCII. Floats are written by their bits.
type dumper struct {
	out strings.Builder
}

func (d *dumper) dump(v any) {
	d.value(reflect.ValueOf(v))
}

func (d *dumper) value(v reflect.Value) {
	if !v.IsValid() {
		d.out.WriteString("null")
		return
	}
	if raw, ok := v.Interface().(json.RawMessage); ok {
		if raw == nil {
			d.out.WriteString("null")
			return
		}
		var latin1 []rune
		for _, b := range raw {
			latin1 = append(latin1, rune(b))
		}
		d.out.WriteByte('r')
		d.quoted(string(latin1))
		return
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		d.value(v.Elem())
	case reflect.Bool:
		d.out.WriteString(strconv.FormatBool(v.Bool()))
	case reflect.Int, reflect.Int64:
		d.out.WriteString(strconv.FormatInt(v.Int(), 10))
	case reflect.Uint8:
		d.out.WriteString(strconv.FormatUint(v.Uint(), 10))
	case reflect.Float32, reflect.Float64:
		d.out.WriteString("f" + strconv.FormatUint(math.Float64bits(v.Float()), 16))
	case reflect.String:
		d.quoted(v.String())
	case reflect.Slice:
		d.slice(v)
	case reflect.Map:
		d.dictionary(v)
	case reflect.Struct:
		d.structure(v)
	default:
		panic(fmt.Sprint("no way to write a ", v.Kind()))
	}
}

func (d *dumper) slice(v reflect.Value) {
	if v.IsNil() {
		d.out.WriteString("null")
		return
	}
	d.out.WriteByte('[')
	for i := range v.Len() {
		if i > 0 {
			d.out.WriteByte(',')
		}
		d.value(v.Index(i))
	}
	d.out.WriteByte(']')
}

func (d *dumper) dictionary(v reflect.Value) {
	if v.IsNil() {
		d.out.WriteString("null")
		return
	}
	var keys []string
	for _, key := range v.MapKeys() {
		keys = append(keys, key.String())
	}
	sort.Strings(keys)
	d.out.WriteByte('{')
	for i, key := range keys {
		if i > 0 {
			d.out.WriteByte(',')
		}
		d.quoted(key)
		d.out.WriteByte(':')
		d.value(v.MapIndex(reflect.ValueOf(key)))
	}
	d.out.WriteByte('}')
}

// A struct with a single field without a JSON name stands for that field's value.
func (d *dumper) structure(v reflect.Value) {
	t := v.Type()
	if t.NumField() == 1 && t.Field(0).Tag == "" {
		d.value(v.Field(0))
		return
	}
	d.out.WriteString(t.Name())
	d.out.WriteByte('{')
	for i := range v.NumField() {
		if i > 0 {
			d.out.WriteByte(',')
		}
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		d.quoted(name)
		d.out.WriteByte(':')
		d.value(v.Field(i))
	}
	d.out.WriteByte('}')
}

func (d *dumper) quoted(s string) {
	d.out.WriteByte('"')
	for _, c := range utf16.Encode([]rune(s)) {
		if c >= ' ' && c < 0x7F && c != '"' && c != '\\' {
			d.out.WriteByte(byte(c))
		} else {
			fmt.Fprintf(&d.out, "\\u%04x", c)
		}
	}
	d.out.WriteByte('"')
}
