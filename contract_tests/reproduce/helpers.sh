tmp=$(mktemp -d) || exit 2
token=$TOKEN fault=yes undo='' import='' order=''
run=dc-$(awk -v "n=$$" 'BEGIN { srand(); printf "%06x", (srand() * 64 + n) % 16777216 }') # marks what is made here

say() {
    printf '%s\n' "$*"
}

could_not_run() {
    say "could not run: $*" >&2
    exit 2
}

# send METHOD PATH [BODY [CURL-OPTION…]]: the response is then in $status, $tmp/body and $tmp/lines
send() {
    request="$1 $2" method=$1 path=$2 body=${3-}
    shift $(($# < 3 ? $# : 3))
    if [ -n "$body" ]; then
        printf %s "$body" >"$tmp/sent"
        case $* in *Content-Type:*) ;; *) set -- -H 'Content-Type: application/json' "$@" ;; esac
        set -- --data-binary "@$tmp/sent" "$@"
    fi
    [ -z "$token" ] || set -- -H "Authorization: Bearer $token" "$@"
    [ "$method" != HEAD ] || set -- --head "$@"
    : >"$tmp/body"
    : >"$tmp/head"
    status=$(api "$method" "$path" -D "$tmp/head" -w '%{http_code}' "$@" 2>"$tmp/error")
    lines >"$tmp/lines"
    say "$request: $status"
    case $method$status in POST2??) remember ;; esac
}

api() {
    method=$1 path=$2
    shift 2
    curl -sS -g --path-as-is -m 60 -X "$method" -o "$tmp/body" -H "X-Deals-Contract: $run script" @OPTIONS@\
        ${INSECURE:+-k} ${CA_FILE:+--cacert "$CA_FILE"} ${CLIENT_CERT:+--cert "$CLIENT_CERT"} ${PROXY:+-x "$PROXY"} "$@" "$BASE_URL$path"
}

# as TOKEN send …: with another token, or with none
as() {
    token=$1
    shift
    "$@"
    token=$TOKEN
}

# make NAME METHOD PATH BODY: keeps the id of the new record in $NAME
make() {
    name=$1
    shift
    ok "$@"
    [ -n "$id" ] || could_not_run "the response to $request shows no id"
    ! is_of_another || could_not_run "the response to $request shows another record"
    eval "$name=\$id"
}

# is_of_another: whether the response has a name, but not the one that was sent
is_of_another() {
    grep -q -i "$run" "$tmp/sent" && grep -q '"name"' "$tmp/body" && ! grep -q -i "$run" "$tmp/body"
}

# ok METHOD PATH …: sends a request that must succeed
ok() {
    send "$@"
    case $status in 2??) ;; *) could_not_run "$request: $status $(head -c 300 "$tmp/body")" ;; esac
}

remember() {
    id=$(awk -F'\t' '$1 ~ /^(data\.)?((deal|stage|task|note)\.)?id$/ { gsub(/"/, "", $2); print $2; exit }' "$tmp/lines")
    case $id in *[!A-Za-z0-9_-]*) id='' ;; esac
    case $path in
    */import) import=yes ;;
    /deals | /pipeline-stages | /deals/*/tasks | /deals/*/notes) undo="${id:+$path/$id} $undo" ;;
    esac
}

# mine: whether $made is there and was made here; a faulty server may return another's id, or ignore the search
mine() {
    token=${ADMIN_TOKEN:-$TOKEN}
    case $made in
    /deals/*/*) return 0 ;; # it belongs to a deal
    /deals/*) send GET "$made" >/dev/null ;;
    *) send GET /deals/stages >/dev/null && value "data.@${made##*/}.name" >"$tmp/body" ;;
    esac
    case $status in 2??) grep -q -i "$run" "$tmp/body" ;; *) false ;; esac
}

# keep_order: the stages are put back into this order at the end
keep_order() {
    ok GET /deals/stages
    order=$(value data.@ | tr ' ' ,)
}

clean_up() {
    result=$?
    trap - EXIT
    admin="Authorization: Bearer ${ADMIN_TOKEN:-$TOKEN}"
    if [ -n "$import" ]; then
        token=$TOKEN && send GET "/deals?search=$run&per_page=100" >/dev/null
        for id in $(value data.@); do undo="/deals/$id $undo"; done
    fi
    for made in $undo; do
        if mine; then
            api DELETE "$made" -H "$admin"
        elif [ "$status" != 404 ] && [ -s "$tmp/body" ]; then
            say "not deleted: $made"
        fi
    done
    if [ -n "$order" ]; then
        token=${ADMIN_TOKEN:-$TOKEN}
        send PUT /pipeline-stages/reorder "{\"order\":[$order]}" >/dev/null
        case $status in 2??) ;; *) say "not restored: the order of the stages, $order" ;; esac
    fi
    rm -rf "$tmp"
    exit $result
}
trap clean_up EXIT
trap 'exit 2' HUP INT TERM

# What the response must be like for the fault to show:
# is PLACE VALUE, at a place such as data.name or data.@17.name (in the record with the id 17)
is() {
    look "$1" "$(value "$1")" "$2"
}

# isnt PLACE NUMBER…: any other number shows the fault
isnt() {
    found=$(value "$1") place=$1
    shift
    look "$place is $found, not $*" "$(awk -v "a=$found" -v "all=$*" 'BEGIN {
        count = split(all, each, " "); other = "yes"
        for (n = 1; n <= count; n++) if (a == each[n] + 0) other = "no"
        print other }')" yes
}

# status STATUS [expected]: any other may have to do with the token or the server instead, unless `expected`
status() {
    case $status${2-} in
    "$1"*) ;;
    000* | 401 | 403 | 429* | 5??*) could_not_run "$request: $status $(cat "$tmp/error")" ;;
    esac
    look status "$status" "$1"
}

# unanswered: there is no response, though the server responds to others
unanswered() {
    found=$status
    send GET /deals/stages
    [ "$status" != 000 ] || could_not_run "$request: $(cat "$tmp/error")"
    look 'status of the response' "$found" 000
}

# order PLACE ID…: others may be between them
order() {
    place=$1 && shift
    look "order in $place" "$(among "$*")" "$*"
}

# has PLACE ID…
has() {
    place=$1 && shift
    look "$place has" "$(among "$*" | tr ' ' '\n' | sort | tr '\n' ' ')" "$(printf '%s\n' "$@" | sort | tr '\n' ' ')"
}

# lacks PLACE ID…
lacks() {
    place=$1 && shift
    look "$place has, of $*," "$(among "$*")" ''
}

# others PLACE ID…: records besides these
others() {
    place=$1 && shift
    found=$(value "$place.@" | tr ' ' '\n' | awk -v "known= $* " '!index(known, " " $1 " ") { print "yes"; exit }')
    look "others in $place" "$found" yes
}

# keep NAME: the response, to compare another with it
keep() {
    cp "$tmp/lines" "$tmp/$1"
}

# changed_by NAME PLACE NUMBER: since the response that was kept
changed_by() {
    before=$(value "$2" "$1")
    look "change of $2" "$(awk -v "a=${before:-0}" -v "b=$(value "$2")" 'BEGIN { printf "%.2f", b - a }')" "$(printf %.2f "$3")"
}

# same NAME PLACE…: as in the response that was kept
same() {
    kept=$1 && shift
    for place; do look "$place" "$(value "$place")" "$(value "$place" "$kept")"; done
}

# some PATTERN: a line of the response matches
some() {
    found=$(LC_ALL=C grep -E -m 1 -e "$1" "$tmp/lines")
    look "$1" "${found:+yes}" yes
}

# lacks_field OBJECTS NAME: an object at such a place lacks the field
lacks_field() {
    found=$(LC_ALL=C objects=$1 name=$2 awk -F'\t' '
        { has[$1] = 1; if ($1 ~ ENVIRON["objects"] && ($2 == "{" || $1 == "")) object[$1] = 1 }
        END { for (each in object) if (!((each == "" ? "" : each ".") ENVIRON["name"] in has)) { print "yes"; exit } }' "$tmp/lines")
    look "an object without $2" "$found" yes
}

# show: the beginning of the response
show() {
    head -c 2000 "$tmp/body"
    echo
}

lacks_header() {
    look "header $1" "$(grep -i "^$1:" "$tmp/head" | tr -d '\r')" ''
}

look() {
    if [ "$2" = "$3" ]; then
        say "    $1: $2"
    else
        fault=no
        say "  ~ $1: ${2:-nothing}, not ${3:-anything}"
    fi
}

among() {
    value "$place.@" | tr ' ' '\n' | awk -v "wanted= $1 " 'index(wanted, " " $1 " ") { printf "%s%s", gap, $1; gap = " " }'
}

value() {
    at=$1 awk -F'\t' '$1 == ENVIRON["at"] { print substr($0, length($1) + 2); exit }' "$tmp/${2:-lines}"
}

# The response, one value a line: data.name<TAB>"Acme"; data.# is the size of a list, data.@ has the ids in it
lines() {
    awk '{ sub(/\r$/, "") } tolower($0) ~ /^content-type:/ { sub(/^[^:]*: */, ""); print "content-type\t" $0 }' "$tmp/head"
    tr '\n' ' ' <"$tmp/body" | LC_ALL=C grep -o -E '"([^"\\]|\\.)*"|[][{},:]|[^][{},:" 	]+' | LC_ALL=C awk '
        BEGIN { want = "value" }
        function path(depth,   i, all) { for (i = 1; i <= depth; i++) all = all (i > 1 ? "." : "") at[i]; return all }
        function value(raw) {
            if (want != "value") bad = 1
            place[++number] = path(d); what[number] = raw
            if (d > 1 && at[d] == "id" && kind[d - 1] == "[" && raw !~ /^[[{]/) { gsub(/"/, "", raw); id[path(d - 1)] = raw }
            want = d ? "next" : "end"
        }
        /^[[{]$/ { value($0); kind[++d] = $0; at[d] = $0 == "[" ? 0 : ""; want = $0 == "[" ? "value" : "key"; empty = 1; next }
        /^[]}]$/ {
            if (!d || ($0 == "]") != (kind[d] == "[") || (want != "next" && !empty)) bad = 1
            size[path(d - 1)] = empty ? 0 : at[d] + 1; d--; want = d > 0 ? "next" : "end"; empty = 0; next
        }
        $0 == "," { if (want != "next") bad = 1; if (kind[d] == "[") at[d]++; want = kind[d] == "[" ? "value" : "key"; next }
        $0 == ":" { if (want != "colon") bad = 1; want = "value"; next }
        want == "key" { at[d] = substr($0, 2, length($0) - 2); want = "colon"; empty = 0; next }
        { empty = 0; if ($0 !~ /^("|-?[0-9]|true$|false$|null$)/) bad = 1; value($0) }
        END {
            print "json\t" (bad || want != "end" ? "no" : "yes")
            for (n = 1; n <= number; n++) { # a record in a list is named by its id
                count = split(place[n], part, "."); real = name[n] = ""
                for (i = 1; i <= count; i++) {
                    up = real; real = real (i > 1 ? "." : "") part[i]
                    name[n] = name[n] (i > 1 ? "." : "") (real in id ? "@" id[real] : part[i])
                }
                if (real in id) ids[up] = ids[up] (ids[up] == "" ? "" : " ") id[real]
                print name[n] "\t" what[n]
            }
            for (n = 1; n <= number; n++) if (what[n] == "[") {
                print name[n] ".#\t" size[place[n]] + 0
                print name[n] ".@\t" ids[place[n]]
            }
        }'
}
