/**
 * The verbs in Lua: Redis runs a script as one step, which is what makes each verb atomic.
 *
 * Three keys for each kind and partition, all with one hash tag, all named by the caller: a script that makes up key names is
 * refused by some of the services that speak Redis, and misses the prefix that a client may add.
 *
 * - `R`, a hash: id to record. A record is an array in MessagePack: 1 subject, 2 epoch, 3 createdAt, 4 usedAt, 5 expiresAt,
 *   6 endsAt, 7 version, 8 data, 9 from when it may be forgotten, by Redis's clock.
 * - `E`, a hash: subject to epoch. It never expires: without it, what had ended would come back.
 * - `I`, a sorted set of which only the order of the members counts: 8 digits of the subject's SHA-1, 12 digits that fall as
 *   `createdAt` rises, the id. So a subject's records are neighbours, newest first. SHA-1 only sorts; whose a record is, the
 *   record says. Made when there are many records or a list is asked for: for the others it would be a third of the memory.
 *
 * A script makes its functions anew each time it runs, so those that only look have few: 3 of 10 microseconds.
 */
const COMMON = `local n,call,R,E,I=tonumber,redis.call,KEYS[1],KEYS[2],KEYS[3]
`;

/**
 * Numbers are written as a whole and come back as text: Lua's own way is exact to 14 digits, and the clients' parsers of integers
 * are off by one at 2^53 - 1.
 */
const FIND = `${COMMON}local function get(id)
 local packed=call('HGET',R,id)
 return packed and cmsgpack.unpack(packed)
end
local function over(r) return r[2]<n(call('HGET',E,r[1]) or 0) end
local function alive(r,now) return r and r[5]>now and not over(r) end
local function shown(r)
 return r[1],string.format('%.0f %.0f %.0f %.0f %.0f %.0f',r[2],r[3],r[4],r[5],r[6],r[7]),r[8]
end
`;

/**
 * What is forgotten, and when: a record stays beyond its end for as long as it had to live, at least 5 minutes, at most a day, for
 * callers whose clocks are behind. Counted from the caller's `now`, so Redis's clock may be wrong by any constant.
 */
const LIFETIME = `local function ttl(expires,now)
 local life=math.max(expires-now,0)
 return life+math.min(math.max(life,300),86400)
end
`;

const WRITE = `${FIND}${LIFETIME}local indexed=call('EXISTS',I)==1
local function time() return n(call('TIME')[1]) end
local function tag(subject) return redis.sha1hex(subject):sub(1,8) end
local function place(r,id) return tag(r[1])..string.format('%012.0f',999999999999-r[3])..id end
local function index()
 if indexed then return end
 local all=call('HGETALL',R)
 for at=1,#all,2 do call('ZADD',I,0,place(cmsgpack.unpack(all[at+1]),all[at])) end
 indexed=#all>0
 if indexed then call('PEXPIRE',I,call('PTTL',R)) end
end
local function drop(id,r)
 call('HDEL',R,id)
 if indexed then call('ZREM',I,place(r,id)) end
end
local function put(id,r,now)
 local left=ttl(r[5],now)
 r[9]=time()+left
 call('HSET',R,id,cmsgpack.pack(r))
 if indexed then call('ZADD',I,0,place(r,id)) end
 for _,k in ipairs({R,indexed and I or nil}) do
  if call('TTL',k)<left then call('EXPIRE',k,left) end
 end
end
`;

/** So many records of a kind in a partition have no index until it is asked for. */
const FEW = 16;

/** What a member of the index stands for; drops what nobody can want any more. */
const SWEEP = `local function kept(m,t)
 local id=m:sub(21)
 local r=get(id)
 if not r or place(r,id)~=m then call('ZREM',I,m)
 elseif r[9]<=t or over(r) then drop(id,r)
 else return r,id end
end
`;

/**
 * `id now subject epoch createdAt expiresAt endsAt data`. Where there are many, looks at three others by chance and drops what
 * nobody can want any more: with one that comes and up to three that go, at most about a third are such, without a timer.
 * By chance is by the id's hash: HRANDFIELD came with Redis 6.2, and Lua's dice are the same in every script.
 */
export const CREATE: string = `${WRITE}${SWEEP}local id,now=ARGV[1],n(ARGV[2])
local old=get(id)
if alive(old,now) then return 0 end
if old then drop(id,old) end
local r={ARGV[3],n(ARGV[4]),n(ARGV[5]),n(ARGV[5]),n(ARGV[6]),n(ARGV[7]),1,ARGV[8]}
put(id,r,now)
if call('HLEN',R)>${FEW} then
 index()
 local t,at=time(),n(redis.sha1hex(id):sub(1,8),16)%call('ZCARD',I)
 for _,m in ipairs(call('ZRANGE',I,at,at+2)) do kept(m,t) end
end
return 1`;

/** `id now`. */
export const READ: string = `${FIND}local r=get(ARGV[1])
if not alive(r,n(ARGV[2])) then return false end
return {shown(r)}`;

/** `id now version usedAt expiresAt data newId`. */
export const SWAP: string = `${WRITE}local id,now,new=ARGV[1],n(ARGV[2]),ARGV[7]
local r=get(id)
if not alive(r,now) or r[7]~=n(ARGV[3]) then return 0 end
if new~=id then
 local old=get(new)
 if alive(old,now) then return 0 end
 if old then drop(new,old) end
 drop(id,r)
end
r[4],r[5],r[7],r[8]=n(ARGV[4]),n(ARGV[5]),r[7]+1,ARGV[6]
put(new,r,now)
return 1`;

/** `id at ifBefore expiresAt`. */
export const TOUCH: string = `${WRITE}local id,at=ARGV[1],n(ARGV[2])
local r=get(id)
if not alive(r,at) or r[4]>n(ARGV[3]) or r[4]>=at then return 0 end
r[4],r[5]=at,math.max(r[5],n(ARGV[4]))
put(id,r,at)
return 1`;

/** `id now`. */
export const DELETE: string = `${WRITE}local r=get(ARGV[1])
if not alive(r,n(ARGV[2])) then return 0 end
drop(ARGV[1],r)
return 1`;

/** How many records a script of a list looks at: some hundreds of microseconds in which Redis does nothing else. */
export const LIST_STEP = 200;

/**
 * `subject now after limit`. Gives how far it came, or an empty text at the end; then up to `limit` records, the id before each
 * of them. Drops what nobody can want any more on the way; what has only expired may be alive by another's clock.
 */
export const LIST: string = `${WRITE}${SWEEP}index()
local now,limit,t,mark=n(ARGV[2]),n(ARGV[4]),time(),tag(ARGV[1])
local members=call('ZRANGEBYLEX',I,'('..mark..ARGV[3],'('..mark..'\\255','LIMIT',0,${LIST_STEP})
local found,more={},#members==${LIST_STEP}
for at,m in ipairs(members) do
 local r,id=kept(m,t)
 if r and r[1]==ARGV[1] and r[5]>now then found[#found+1]={id,shown(r)} end
 if #found==limit then
  return {(more or at<#members) and m:sub(9) or '',found}
 end
end
return {more and members[#members]:sub(9) or '',found}`;

/** `subject now`, and an id to spare where there is one. */
export const END_ALL: string = `${WRITE}local now,id=n(ARGV[2]),ARGV[3]
local r=id and get(id)
local spared=alive(r,now) and r[1]==ARGV[1]
local epoch=call('HINCRBY',E,ARGV[1],1)
if spared then
 r[2]=epoch
 put(id,r,now)
end
return epoch`;

/** `subject`. */
export const EPOCH: string = `return redis.call('HGET',KEYS[2],ARGV[1]) or '0'`;

/** One key; `floor by ceiling expiresAt now`. */
export const ADVANCE: string = `${COMMON}${LIFETIME}local floor,expires,now=n(ARGV[1]),n(ARGV[4]),n(ARGV[5])
local packed=call('GET',R)
local c=packed and cmsgpack.unpack(packed)
local value=floor
if c and c[2]>now then value=math.max(floor,c[1]) end
local new=math.max(floor,value+n(ARGV[2]))
if new>n(ARGV[3]) then return {0,string.format('%.0f',value)} end
if new>value or (c and new<value) then
 call('SET',R,cmsgpack.pack({new,expires}),'EX',ttl(expires,now))
end
return {1,string.format('%.0f',new)}`;
