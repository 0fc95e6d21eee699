package config

import (
	"fmt"
	"log/slog"
	"reflect"
	"strings"
)

// String is the effective configuration, a key and value a line, secrets redacted.
func (c *Config) String() string {
	var b strings.Builder
	for _, a := range settings("", reflect.ValueOf(c).Elem()) {
		fmt.Fprintf(&b, "%s: %s\n", a.Key, a.Value)
	}
	return b.String()
}

// LogValue is the effective configuration with secrets redacted.
func (c *Config) LogValue() slog.Value {
	return slog.GroupValue(settings("", reflect.ValueOf(c).Elem())...)
}

// settings lists the values under v by their key paths, as the yaml tags name them.
func settings(key string, v reflect.Value) []slog.Attr {
	if _, ok := v.Interface().(fmt.Stringer); ok {
		return []slog.Attr{slog.String(key, fmt.Sprint(v.Interface()))}
	}
	var attrs []slog.Attr
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return []slog.Attr{slog.String(key, "(not set)")}
		}
		return settings(key, v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			name := v.Type().Field(i).Tag.Get("yaml")
			if name == "-" {
				continue
			}
			attrs = append(attrs, settings(strings.TrimPrefix(key+"."+name, "."), v.Field(i))...)
		}
	case reflect.Slice:
		for i := range v.Len() {
			attrs = append(attrs, settings(fmt.Sprintf("%s[%d]", key, i), v.Index(i))...)
		}
	default:
		attrs = []slog.Attr{slog.String(key, fmt.Sprint(v.Interface()))}
	}
	return attrs
}
