"""Write-offs: approve, reject, post."""
