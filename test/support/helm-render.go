// Renders a Helm chart as `helm template` does, as far as charts go that only use templates: Go's own templates with the
// functions of sprig, which Debian has, and those that Helm adds. No Debian package has Helm itself.
// Usage: helm-render CHART RELEASE NAMESPACE [VALUES.yaml …]
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
	"gopkg.in/yaml.v3"
)

func main() {
	if len(os.Args) < 4 {
		fail(errors.New("usage: helm-render CHART RELEASE NAMESPACE [VALUES.yaml …]"))
	}
	chart, release, namespace := os.Args[1], os.Args[2], os.Args[3]
	values := read(filepath.Join(chart, "values.yaml"))
	for _, path := range os.Args[4:] {
		values = merged(values, read(path))
	}
	about := read(filepath.Join(chart, "Chart.yaml"))
	context := map[string]interface{}{
		"Values": values,
		"Chart": map[string]interface{}{
			"Name": about["name"], "Version": about["version"], "AppVersion": about["appVersion"],
		},
		"Release": map[string]interface{}{
			"Name": release, "Namespace": namespace, "Service": "Helm", "IsInstall": true, "IsUpgrade": false, "Revision": 1,
		},
	}
	var all bytes.Buffer
	templates := parsed(chart)
	for _, each := range templates.Templates() {
		if strings.HasSuffix(each.Name(), ".yaml") {
			var out bytes.Buffer
			if err := each.Execute(&out, context); err != nil {
				fail(err)
			}
			if text := strings.TrimSpace(out.String()); text != "" {
				fmt.Fprintf(&all, "---\n# Source: %s\n%s\n", each.Name(), text)
			}
		}
	}
	fmt.Print(all.String())
}

func parsed(chart string) *template.Template {
	all := template.New("chart").Option("missingkey=zero")
	functions := sprig.TxtFuncMap()
	functions["toYaml"] = func(value interface{}) string {
		text, err := yaml.Marshal(value)
		if err != nil {
			fail(err)
		}
		return strings.TrimSuffix(string(text), "\n")
	}
	functions["include"] = func(name string, data interface{}) (string, error) {
		var out strings.Builder
		err := all.ExecuteTemplate(&out, name, data)
		return out.String(), err
	}
	functions["fail"] = func(text string) (string, error) { return "", errors.New(text) }
	functions["required"] = func(text string, value interface{}) (interface{}, error) {
		if value == nil || value == "" {
			return nil, errors.New(text)
		}
		return value, nil
	}
	all.Funcs(functions)
	paths, err := filepath.Glob(filepath.Join(chart, "templates", "*"))
	if err != nil {
		fail(err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			fail(err)
		}
		if _, err := all.New(filepath.Base(path)).Parse(string(text)); err != nil {
			fail(err)
		}
	}
	return all
}

// Numbers become floating, as in Helm, which reads YAML by way of JSON.
func read(path string) map[string]interface{} {
	text, err := os.ReadFile(path)
	if err != nil {
		fail(err)
	}
	var raw map[string]interface{}
	if err := yaml.Unmarshal(text, &raw); err != nil {
		fail(err)
	}
	inJSON, err := json.Marshal(raw)
	if err != nil {
		fail(err)
	}
	var values map[string]interface{}
	if err := json.Unmarshal(inJSON, &values); err != nil {
		fail(err)
	}
	return values
}

// Maps are merged key by key; everything else is replaced.
func merged(under, over map[string]interface{}) map[string]interface{} {
	for key, value := range over {
		below, isMap := under[key].(map[string]interface{})
		above, isMapToo := value.(map[string]interface{})
		if isMap && isMapToo {
			under[key] = merged(below, above)
		} else {
			under[key] = value
		}
	}
	return under
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
