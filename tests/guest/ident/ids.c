// Who the program is: ids, groups, capabilities.
#define TAP_DIRS
#include "../files.h"
#include <grp.h>
#include <linux/capability.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>

static const char *ids(void)
{
    static char text[2][128];
    static int turn;
    uid_t r, e, s;
    gid_t gr, ge, gs;
    turn = !turn;
    getresuid(&r, &e, &s);
    getresgid(&gr, &ge, &gs);
    snprintf(text[turn], sizeof text[turn], "%u %u %u / %u %u %u", r, e, s, gr, ge, gs);
    return text[turn];
}

CASE(process_ids)
{
    TRUE(getpid() > 0);
    EQ(getpid(), gettid());
    TRUE(getppid() >= 0);
    IS(syscall(SYS_getpgid, 0), getpgrp());
    IS(getpgid(getpid()), getpgrp());
    TRUE(getsid(0) >= 0);
    IS(getsid(0x3fffffff), -ESRCH);
    IS(getpgid(0x3fffffff), -ESRCH);
    IS(getpgid(-1), -ESRCH);
}
CASE(process_groups)
{
    IS(setpgid(0x3fffffff, 0), -ESRCH);
    IS(setpgid(0, -1), -EINVAL);
    IS(setpgid(0, 0x3ffffff), -EPERM);
    // The runner made this program the leader of a group.
    EQ(getpgrp(), getpid());
    IS(setsid(), -EPERM);
}
ROOT_CASE(begins_as_root) { STR(ids(), "0 0 0 / 0 0 0"); }
ROOT_CASE(effective_id_may_come_back)
{
    OK(seteuid(1000));
    STR(ids(), "0 1000 0 / 0 0 0");
    IS(setuid(5), -EPERM);
    IS(setuid(1000), -EPERM);
    OK(seteuid(0));
    STR(ids(), "0 0 0 / 0 0 0");
}
ROOT_CASE(resuid_rules_without_privilege)
{
    OK(setresuid(1000, 2000, 0));
    long foreign = tap_result(setresuid(-1, 3000, -1));
    long to_real = tap_result(setresuid(-1, 1000, -1));
    long to_saved = tap_result(setresuid(-1, 0, -1));
    as_root();
    EQ(foreign, -EPERM);
    EQ(to_real, 0);
    EQ(to_saved, 0);
    STR(ids(), "0 0 0 / 0 0 0");
}
ROOT_CASE(reuid_moves_the_saved_one)
{
    OK(setreuid(-1, 1000));
    STR(ids(), "0 1000 1000 / 0 0 0");
    IS(setreuid(-1, 3000), -EPERM);
    OK(setreuid(-1, 0));
    STR(ids(), "0 0 1000 / 0 0 0");
    OK(setresuid(0, 0, 0));
}
ROOT_CASE(group_ids)
{
    OK(setresgid(1, 2, 3));
    STR(ids(), "0 0 0 / 1 2 3");
    OK(setregid(7, -1));
    STR(ids(), "0 0 0 / 7 2 2");
    OK(setegid(9));
    STR(ids(), "0 0 0 / 7 9 2");
    OK(setgid(0));
    STR(ids(), "0 0 0 / 0 0 0");
}
ROOT_CASE(group_rules_without_privilege)
{
    OK(setresgid(1, 1, 0));
    OK(seteuid(1000));
    long foreign = tap_result(setresgid(5, -1, -1)), known = tap_result(setresgid(-1, 0, -1));
    long groups = tap_result(setgroups(0, NULL)), set = tap_result(setgid(77));
    OK(seteuid(0));
    OK(setresgid(0, 0, 0));
    EQ(foreign, -EPERM);
    EQ(known, 0);
    EQ(groups, -EPERM);
    EQ(set, -EPERM);
}
CASE(invalid_ids)
{
    IS(syscall(SYS_setuid, -1), -EINVAL);
    IS(syscall(SYS_setgid, -1), -EINVAL);
    IS(setresuid(-1, -1, -1), 0);
    IS(syscall(SYS_getresuid, 8, 8, 8), -EFAULT);
    IS(syscall(SYS_getresgid, 8, 8, 8), -EFAULT);
}
ROOT_CASE(fs_ids)
{
    put("closed", "x");
    OK(chmod("closed", 0600));
    IS(setfsuid(-1), 0);
    IS(setfsuid(1000), 0);
    IS(setfsuid(-1), 1000);
    long denied = tap_result(open("closed", O_RDONLY));
    IS(setfsuid(0), 1000);
    IS(setfsuid(-1), 0);
    IS(setfsgid(55), 0);
    IS(setfsgid(0), 55);
    EQ(denied, -EACCES);
}
ROOT_CASE(groups)
{
    gid_t groups[4] = { 10, 30, 20, 10 }, got[8] = { 0 };
    OK(setgroups(4, groups));
    IS(getgroups(0, NULL), 4);
    IS(getgroups(8, got), 4);
    SHOW("%u %u %u %u", got[0], got[1], got[2], got[3]);
    IS(getgroups(2, got), -EINVAL);
    IS(syscall(SYS_getgroups, -1, got), -EINVAL);
    IS(syscall(SYS_getgroups, 8, 8), -EFAULT);
    IS(syscall(SYS_setgroups, 70000, groups), -EINVAL);
    IS(syscall(SYS_setgroups, 1, 8), -EFAULT);
    OK(setgroups(0, NULL));
    IS(getgroups(8, got), 0);
}

static long capget_of(int pid, struct __user_cap_data_struct *data)
{
    struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, pid };
    return tap_result(syscall(SYS_capget, &header, data));
}

ROOT_CASE(capabilities_follow_the_user)
{
    struct __user_cap_data_struct caps[2], lost[2], back[2];
    EQ(capget_of(0, caps), 0);
    TRUE(caps[0].effective & 1u << CAP_CHOWN);
    EQ(caps[0].effective, caps[0].permitted);
    OK(seteuid(1000));
    EQ(capget_of(0, lost), 0);
    OK(seteuid(0));
    EQ(capget_of(0, back), 0);
    EQ(lost[0].effective, 0);
    EQ(lost[0].permitted, caps[0].permitted);
    EQ(back[0].effective, caps[0].effective);
}
CASE(capability_versions)
{
    struct __user_cap_header_struct header = { 0x12345678, 0 };
    struct __user_cap_data_struct data[2];
    IS(syscall(SYS_capget, &header, data), -EINVAL);
    EQ(header.version, _LINUX_CAPABILITY_VERSION_3);
    header.version = 0;
    IS(syscall(SYS_capget, &header, NULL), 0);
    header.version = _LINUX_CAPABILITY_VERSION_3;
    header.pid = -1;
    IS(syscall(SYS_capget, &header, data), -EINVAL);
    header.pid = 0x3fffffff;
    IS(syscall(SYS_capget, &header, data), -ESRCH);
    IS(syscall(SYS_capget, 8, data), -EFAULT);
    header.pid = 0;
    IS(syscall(SYS_capget, &header, 8), -EFAULT);
}
ROOT_CASE(capset_drops_and_raises)
{
    struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
    struct __user_cap_data_struct caps[2], less[2];
    EQ(capget_of(0, caps), 0);
    memcpy(less, caps, sizeof caps);
    less[0].effective &= ~(1u << CAP_CHOWN);
    IS(syscall(SYS_capset, &header, less), 0);
    put("f", "x");
    long denied = tap_result(chown("f", 5, 5));
    IS(syscall(SYS_capset, &header, caps), 0);
    long allowed = tap_result(chown("f", 5, 5));
    EQ(denied, -EPERM);
    EQ(allowed, 0);
    memcpy(less, caps, sizeof caps);
    less[0].effective |= 1u << CAP_SYS_TIME;
    less[0].permitted &= ~(1u << CAP_SYS_TIME);
    IS(syscall(SYS_capset, &header, less), -EPERM);
    header.pid = 0x3fffffff;
    IS(syscall(SYS_capset, &header, caps), -EPERM);
}
ROOT_CASE(dac_override_matters)
{
    struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
    struct __user_cap_data_struct caps[2], less[2];
    EQ(capget_of(0, caps), 0);
    memcpy(less, caps, sizeof caps);
    put("f", "x");
    OK(chmod("f", 0));
    less[0].effective &= ~(1u << CAP_DAC_OVERRIDE | 1u << CAP_DAC_READ_SEARCH);
    IS(syscall(SYS_capset, &header, less), 0);
    long denied = tap_result(open("f", O_RDONLY));
    less[0].effective |= 1u << CAP_DAC_READ_SEARCH;
    IS(syscall(SYS_capset, &header, less), 0);
    long read_only = tap_result(open("f", O_RDONLY)), write_only = tap_result(open("f", O_WRONLY));
    IS(syscall(SYS_capset, &header, caps), 0);
    EQ(denied, -EACCES);
    OK(read_only);
    EQ(write_only, -EACCES);
}
CASE(keepcaps)
{
    struct __user_cap_data_struct kept[2];
    IS(prctl(PR_GET_KEEPCAPS), 0);
    IS(prctl(PR_SET_KEEPCAPS, 1), 0);
    IS(prctl(PR_GET_KEEPCAPS), 1);
    IS(prctl(PR_SET_KEEPCAPS, 2), -EINVAL);
    IS(prctl(PR_SET_KEEPCAPS, 0), 0);
    EQ(capget_of(0, kept), 0);
}
ROOT_CASE(bounding_set)
{
    IS(prctl(PR_CAPBSET_READ, CAP_CHOWN), 1);
    IS(prctl(PR_CAPBSET_READ, 63), -EINVAL);
    IS(prctl(PR_CAPBSET_READ, CAP_LAST_CAP), 1);
    IS(prctl(PR_CAPBSET_DROP, CAP_WAKE_ALARM), 0);
    IS(prctl(PR_CAPBSET_READ, CAP_WAKE_ALARM), 0);
    IS(prctl(PR_CAPBSET_DROP, 63), -EINVAL);
}
CASE(ambient_set)
{
    IS(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_CHOWN, 0, 0), 0);
    IS(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_CHOWN, 0, 0), -EPERM);
    IS(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0), 0);
    IS(prctl(PR_CAP_AMBIENT, 99, 0, 0, 0), -EINVAL);
}
ROOT_CASE(securebits)
{
    IS(prctl(PR_GET_SECUREBITS), 0);
    IS(prctl(PR_SET_SECUREBITS, 0), 0);
}
