// Package killtest kills the daemon and restarts its servers at random moments under load, and proves that nothing was lost or doubled.
package killtest
