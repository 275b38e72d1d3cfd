// System V message queues (msgget(2), msgop(2), msgctl(2)).
#include "ipc.h"
#include <sys/msg.h>

struct message { long kind; char text[64]; };

static int make(void) { return msgget(IPC_PRIVATE, 0600); }
static int end(int id) { return msgctl(id, IPC_RMID, NULL); }
static int put(int id, long kind, const char *text)
{
    struct message message = { .kind = kind };
    strcpy(message.text, text);
    return msgsnd(id, &message, strlen(text) + 1, IPC_NOWAIT);
}
static struct message got;
static long take(int id, long kind, int flags)
{
    memset(&got, 0, sizeof got);
    return msgrcv(id, &got, sizeof got.text, kind, flags | IPC_NOWAIT);
}

struct request { int id; long kind; size_t size; int flags; struct message message; };
static long receive(void *data)
{
    struct request *r = data;
    return msgrcv(r->id, &r->message, r->size, r->kind, r->flags);
}
static long send(void *data)
{
    struct request *r = data;
    return msgsnd(r->id, &r->message, r->size, r->flags);
}

CASE(get_by_key)
{
    key_t key = a_key(2);
    IS(msgget(key, 0600), -ENOENT);
    int id = msgget(key, IPC_CREAT | 0600);
    OK(id);
    IS(msgget(key, 0), id);
    IS(msgget(key, IPC_CREAT | IPC_EXCL | 0600), -EEXIST);
    OK(end(id));
    IS(msgget(key, 0600), -ENOENT);
    IS(put(id, 1, "x"), -EINVAL);
}
CASE(types)
{
    int id = make();
    OK(id);
    const struct { long kind; const char *text; } all[] = { { 5, "five" }, { 3, "three" }, { 9, "nine" }, { 3, "again" }, { 1, "one" } };
    for (int i = 0; i < 5; i++)
        OK(put(id, all[i].kind, all[i].text));
    IS(take(id, 9, 0), 5);
    STR(got.text, "nine");
    EQ(got.kind, 9);
    IS(take(id, 7, 0), -ENOMSG);
    IS(take(id, -4, 0), 4);
    STR(got.text, "one");
    IS(take(id, 5, MSG_EXCEPT), 6);
    STR(got.text, "three");
    IS(take(id, 0, 0), 5);
    STR(got.text, "five");
    IS(take(id, -2, 0), -ENOMSG);
    IS(take(id, (long)1 << 63, 0), 6);
    STR(got.text, "again");
    IS(take(id, 0, 0), -ENOMSG);
    OK(end(id));
}
CASE(errors)
{
    int id = make();
    static struct { long kind; char text[9000]; } large = { 1, "" };
    OK(id);
    IS(put(id, 0, "x"), -EINVAL);
    IS(put(id, -1, "x"), -EINVAL);
    IS(put(-1, 1, "x"), -EINVAL);
    IS(msgsnd(id, &large, 8193, 0), -EINVAL);
    IS(msgsnd(id, &large, (size_t)-1, 0), -EINVAL);
    IS(syscall(SYS_msgsnd, id, 1L, 1, 0), -EFAULT);
    IS(syscall(SYS_msgrcv, id, &large, -1L, 0, IPC_NOWAIT), -EINVAL);
    IS(take(-1, 0, 0), -EINVAL);
    IS(put(id, 1, ""), 0);
    IS(syscall(SYS_msgrcv, id, 1L, 1, 0, IPC_NOWAIT), -EFAULT);
    // It is gone all the same.
    IS(take(id, 0, 0), -ENOMSG);
    IS(msgctl(id, 99, NULL), -EINVAL);
    IS(msgctl(-1, IPC_STAT, NULL), -EINVAL);
    OK(end(id));
}
CASE(long_messages)
{
    int id = make();
    OK(id);
    OK(put(id, 1, "a long text"));
    IS(msgrcv(id, &got, 3, 0, IPC_NOWAIT), -E2BIG);
    memset(&got, 'z', sizeof got);
    IS(msgrcv(id, &got, 3, 0, IPC_NOWAIT | MSG_NOERROR), 3);
    TRUE(memcmp(got.text, "a lz", 4) == 0);
    IS(take(id, 0, 0), -ENOMSG);
    struct message empty = { 4, "" };
    OK(msgsnd(id, &empty, 0, 0));
    IS(take(id, 0, 0), 0);
    EQ(got.kind, 4);
    OK(end(id));
}
CASE(copies)
{
    int id = make();
    OK(id);
    OK(put(id, 5, "first"));
    OK(put(id, 6, "second"));
    IS(take(id, 1, MSG_COPY), 7);
    STR(got.text, "second");
    EQ(got.kind, 6);
    IS(take(id, 2, MSG_COPY), -ENOMSG);
    IS(take(id, -1, MSG_COPY), -ENOMSG);
    IS(msgrcv(id, &got, sizeof got.text, 0, MSG_COPY), -EINVAL);
    IS(take(id, 0, MSG_COPY | MSG_EXCEPT), -EINVAL);
    IS(take(id, 0, 0), 6);
    IS(take(id, 0, 0), 7);
    OK(end(id));
}
CASE(status)
{
    struct msqid_ds status;
    int id = make();
    OK(id);
    OK(msgctl(id, IPC_STAT, &status));
    EQ(status.msg_perm.mode, 0600);
    EQ(status.msg_qbytes, 16384);
    EQ(status.msg_qnum + status.__msg_cbytes + status.msg_lspid + status.msg_lrpid, 0);
    EQ(status.msg_stime + status.msg_rtime, 0);
    OK(put(id, 1, "text"));
    OK(msgctl(id, IPC_STAT, &status));
    EQ(status.msg_qnum, 1);
    EQ(status.__msg_cbytes, 5);
    EQ(status.msg_lspid, getpid());
    TRUE(status.msg_stime >= status.msg_ctime);
    OK(take(id, 0, 0));
    OK(msgctl(id, IPC_STAT, &status));
    EQ(status.msg_lrpid, getpid());
    TRUE(status.msg_rtime >= status.msg_stime);
    status.msg_qbytes = 10;
    status.msg_perm.mode = 0444;
    OK(msgctl(id, IPC_SET, &status));
    IS(put(id, 1, "0123456789"), -EAGAIN);
    IS(put(id, 1, "012345678"), 0);
    IS(put(id, 1, ""), -EAGAIN);
    IS(msgctl(id, IPC_STAT, (void *)1), -EFAULT);
    OK(end(id));
}
CASE(as_many_messages_as_bytes)
{
    struct msqid_ds status;
    struct message empty = { 1, "" };
    int id = make();
    OK(id);
    OK(msgctl(id, IPC_STAT, &status));
    status.msg_qbytes = 3;
    OK(msgctl(id, IPC_SET, &status));
    for (int i = 0; i < 3; i++)
        OK(msgsnd(id, &empty, 0, IPC_NOWAIT));
    IS(msgsnd(id, &empty, 0, IPC_NOWAIT), -EAGAIN);
    OK(end(id));
}
CASE(limits)
{
    struct msginfo info;
    struct msqid_ds status;
    int id = make();
    OK(id);
    OK(put(id, 1, "text"));
    OK(msgctl(0, IPC_INFO, (void *)&info));
    SHOW("%d %d %d %d %d %d %d %u", info.msgpool, info.msgmap, info.msgmax, info.msgmnb, info.msgmni, info.msgssz,
         info.msgtql, info.msgseg);
    OK(msgctl(0, MSG_INFO, (void *)&info));
    TRUE(info.msgpool >= 1 && info.msgmap >= 1 && info.msgtql >= 5);
    IS(msgctl(id & 0x7fff, MSG_STAT, &status), id);
    IS(msgctl(id & 0x7fff, 13 /* MSG_STAT_ANY */, &status), id);
    OK(end(id));
}
CASE(receiver_waits)
{
    int id = make();
    struct helper helper;
    struct request r = { .id = id, .kind = 7, .size = 64 };
    OK(id);
    start(&helper, receive, &r);
    OK(put(id, 6, "other"));
    OK(put(id, 7, "mine"));
    EQ(finish(&helper), 5);
    STR(r.message.text, "mine");
    EQ(r.message.kind, 7);
    IS(take(id, 0, 0), 6);
    OK(end(id));
}
CASE(a_short_receiver_hears_of_it)
{
    int id = make();
    struct helper helper;
    struct request r = { .id = id, .size = 2 };
    OK(id);
    start(&helper, receive, &r);
    OK(put(id, 1, "long text"));
    EQ(finish(&helper), -E2BIG);
    IS(take(id, 0, 0), 10);
    OK(end(id));
}
CASE(sender_waits)
{
    struct msqid_ds status;
    int id = make();
    struct helper helper;
    struct request r = { .id = id, .size = 5, .message = { 2, "late" } };
    OK(id);
    OK(msgctl(id, IPC_STAT, &status));
    status.msg_qbytes = 8;
    OK(msgctl(id, IPC_SET, &status));
    OK(put(id, 1, "early"));
    start(&helper, send, &r);
    IS(take(id, 2, 0), -ENOMSG);
    IS(take(id, 1, 0), 6);
    EQ(finish(&helper), 0);
    IS(take(id, 2, 0), 5);
    OK(end(id));
}
CASE(a_larger_queue_lets_the_sender_in)
{
    struct msqid_ds status;
    int id = make();
    struct helper helper;
    struct request r = { .id = id, .size = 5, .message = { 2, "late" } };
    OK(id);
    OK(msgctl(id, IPC_STAT, &status));
    status.msg_qbytes = 8;
    OK(msgctl(id, IPC_SET, &status));
    OK(put(id, 1, "early"));
    start(&helper, send, &r);
    status.msg_qbytes = 100;
    OK(msgctl(id, IPC_SET, &status));
    EQ(finish(&helper), 0);
    OK(end(id));
}
CASE(removal_ends_waits)
{
    int id = make();
    struct helper helper;
    struct request r = { .id = id, .size = 64 };
    OK(id);
    start(&helper, receive, &r);
    OK(end(id));
    EQ(finish(&helper), -EIDRM);
}
CASE(signals_end_waits)
{
    int id = make();
    struct helper helper;
    struct request r = { .id = id, .size = 64 };
    OK(id);
    handle(SIGUSR1, SA_RESTART);
    start(&helper, receive, &r);
    pthread_kill(helper.thread, SIGUSR1);
    EQ(finish(&helper), -EINTR);
    OK(end(id));
}
ROOT_CASE(permissions)
{
    struct msqid_ds status;
    int id = make(), open = msgget(IPC_PRIVATE, 0622);
    OK(id);
    OK(open);
    OK(msgctl(open, IPC_STAT, &status));
    OK(setresuid(1234, 1234, 0));
    IS(put(id, 1, "x"), -EACCES);
    IS(take(id, 0, 0), -EACCES);
    IS(put(open, 1, "x"), 0);
    IS(take(open, 0, 0), -EACCES);
    IS(msgctl(open, IPC_SET, &status), -EPERM);
    IS(end(open), -EPERM);
    OK(setresuid(0, 0, 0));
    status.msg_perm.uid = 1234;
    OK(msgctl(open, IPC_SET, &status));
    OK(setresuid(1234, 1234, 0));
    IS(take(open, 0, 0), 2);
    status.msg_qbytes = 16385;
    IS(msgctl(open, IPC_SET, &status), -EPERM);
    OK(end(open));
    OK(setresuid(0, 0, 0));
    OK(end(id));
}
