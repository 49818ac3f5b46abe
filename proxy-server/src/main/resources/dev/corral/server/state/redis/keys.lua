-- KEYS: the document of the keys. ARGV: the version that was read (empty: there was none), the new version, the document.
-- Returns 1, or 0 where somebody was faster.
if (redis.call('HGET', KEYS[1], 'version') or '') ~= ARGV[1] then
  return 0
end
redis.call('HSET', KEYS[1], 'version', ARGV[2], 'document', ARGV[3])
return 1
