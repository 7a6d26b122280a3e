"""Amazon S3: parameters, addresses, requests, responses, listings, redirects, presigning, Express buckets."""
