"""Checksums and compression: what happens to bodies between serializer and transport.

See "Checking object integrity in Amazon S3". Algorithms beyond CRC32 and SHA need the extra ``sotalia[crt]``.
"""
