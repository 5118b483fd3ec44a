#!/usr/bin/env bash
# Fills the directory TREE with everything that a file system of Linux can hold, as far as it is worth comparing.
#
# usage: make-tree.bash TREE
#
# PROBE names the syscall-probe, which writes contents that follow from a seed. Needs root and a file system with
# ACLs and attributes.
set -euo pipefail
cd "${1:?}"
umask 022

# contents
mkdir contents
"$PROBE" pattern contents/short 1 11
"$PROBE" pattern contents/page 2 4096
"$PROBE" pattern contents/pages 3 12289
"$PROBE" pattern contents/megabyte 4 1048576
"$PROBE" pattern contents/large 5 20000003
: > contents/empty
head -c 3000000 /dev/zero > contents/zeros
seq 200000 > contents/text
# holes
mkdir holes
mkdir huge; truncate -s 8G huge/nothing-but-a-hole
"$PROBE" pattern /dev/stdout 9 5000 | dd of=huge/data-far-behind bs=5000 seek=6G oflag=seek_bytes iflag=fullblock status=none
truncate -s 4095 holes/small
for at in 1048576 3145728 3149824 5000000; do
    "$PROBE" pattern /dev/stdout $at 70000 | dd of=holes/islands bs=64K seek=$at oflag=seek_bytes conv=notrunc iflag=fullblock status=none
done
truncate -s 9000001 holes/islands
"$PROBE" pattern holes/hole-at-the-end 6 100000; truncate -s 1M holes/hole-at-the-end
"$PROBE" pattern holes/hole-in-front 7 8192; fallocate -p -o 0 -l 4096 holes/hole-in-front
# names
mkdir names
python3 - <<'P'
import os
for name in (b"x" * 255, b"\xff\xfe\x80", b"new\nline", "grüße".encode(), b" ", b"back\\slash", b"...", b"\x01", b"-rf", b"*", b"'\""):
    with open(b"names/" + name, "wb") as file: file.write(name)
os.mkdir(b"names/" + b"d" * 255)
os.symlink(b"l" * 4095, b"names/longest link")
os.symlink(b"\xff\xfe", b"names/link that is no text")
P
# kinds
mkdir kinds kinds/folder kinds/empty-folder kinds/closed
echo plain > kinds/plain; : > kinds/empty; echo inner > kinds/folder/inner; echo inner > kinds/closed/inner
echo secret > kinds/secret; chmod 600 kinds/secret; chmod 700 kinds/closed
ln -s plain kinds/to-plain; ln -s folder kinds/to-folder; ln -s none kinds/dangling; ln -s loop kinds/loop
mkfifo kinds/pipe; mknod kinds/null c 1 3; mknod kinds/disk b 259 70000
python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("kinds/socket")'
setfattr -n user.comment -v text kinds/plain
# permissions, owners, ACLs
mkdir permissions
for mode in 0000 0111 0222 0444 0555 0640 0666 0711 0755 1644 2755 4755 6755 7777; do
    echo $mode > permissions/file-$mode; mkdir permissions/folder-$mode; echo below > permissions/folder-$mode/below
    chown 1234:5678 permissions/*-$mode; chmod $mode permissions/*-$mode
done
for number in 0 1 65534 4294967294; do echo x > permissions/owner-$number; chown $number:$number permissions/owner-$number; done
echo x > permissions/list; chmod 640 permissions/list; setfacl -m u:1234:rw,g:5678:r,m::r permissions/list
echo x > permissions/list-forbids; chmod 644 permissions/list-forbids; setfacl -m u:1234:-,g:5678:- permissions/list-forbids
mkdir permissions/list-folder; echo x > permissions/list-folder/below; chmod 700 permissions/list-folder
setfacl -m u:1234:x,d:u:1234:rx,d:g:5678:r permissions/list-folder
# attributes
mkdir attributes
echo x > attributes/file; ln -s file attributes/link; mkfifo attributes/pipe; mkdir attributes/folder
for name in file folder; do
    setfattr -n user.empty attributes/$name; setfattr -n user.binary -v 0x00ff0a00 attributes/$name
done
setfattr -n user.long -v "$(head -c 3000 /dev/zero | tr '\0' v)" attributes/file
for name in file folder link pipe; do setfattr -h -n trusted.note -v trusted attributes/$name; done
cp /bin/true attributes/capable; setcap cap_net_raw+ep attributes/capable
for number in $(seq 50); do setfattr -n "user.many.$number" -v "$number" attributes/folder 2>/dev/null || break; done
# times
mkdir times
touch -d '1901-12-14 00:00:00.123456789 UTC' times/oldest
touch -d '1969-12-31 23:59:59.999999999 UTC' times/before
touch -d '1970-01-01 00:00:00 UTC' times/zero
touch -d '2038-01-19 03:14:08.5 UTC' times/after-32-bits
touch -d '2400-02-29 12:00:00.000000001 UTC' times/far
ln -s nowhere times/link; touch -h -d '1960-06-15 12:34:56.789 UTC' times/link
mkdir times/folder; touch -d '1950-01-02 03:04:05.6 UTC' times/folder
# links
mkdir links links/below
echo linked > links/one; ln links/one links/two; ln links/one links/below/three
ln -s target links/symbolic; ln -P links/symbolic links/symbolic-two
mkfifo links/pipe; ln links/pipe links/pipe-two
# directories
mkdir many nothing nothing/at-all several
seq -f 'many/entry-%.0f' 100000 | xargs touch
seq -f 'several/number %05.0f' 3000 | tr '\n' '\0' | xargs -0 touch
deep=deep; for number in $(seq 200); do deep+=/d; done; mkdir -p $deep; echo bottom > $deep/bottom
# what programs work on
mkdir work
git -C work init -q
(
    cd work
    export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
    for number in $(seq 200); do mkdir -p "part$((number % 7))"; seq "$number" >"part$((number % 7))/file$number"; done
    git add .
    git commit -qm first
    git tag first
    echo changed >part1/file1
    git commit -qam second
    git branch side first
    echo "changed again" >part2/file2
    echo new >untracked
    rm part3/file3
)
mkdir databases
sqlite3 databases/plain.db 'create table t (a, b); insert into t select value, hex(value) from generate_series(1, 5000)'
sqlite3 databases/closed.db 'pragma journal_mode = wal; create table t (a); insert into t values (1), (2), (3)' >/dev/null
sqlite3 databases/open.db >/dev/null <<'SQL'
pragma journal_mode = wal;
create table t (a);
insert into t values (4), (5), (6);
.shell cp databases/open.db databases/live.db; cp databases/open.db-wal databases/live.db-wal
SQL
(cd contents && md5sum -- *) >sums
