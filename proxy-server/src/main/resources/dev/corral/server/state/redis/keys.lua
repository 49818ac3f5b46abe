-- KEYS: the document of the keys. ARGV: the version that was read (empty: there was none), the new version, the document.
-- Returns 1, also where it was sent again because no answer came; or 0 where somebody was faster.
local version = redis.call('HGET', KEYS[1], 'version') or ''
if version == ARGV[2] then
  return 1
end
if version ~= ARGV[1] then
  return 0
end
redis.call('HSET', KEYS[1], 'version', ARGV[2], 'document', ARGV[3])
return 1
