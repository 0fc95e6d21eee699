//go:build race

package interpret_test

// sample is every how many mails of the corpus TestForms sends in each form.
const sample = 8
