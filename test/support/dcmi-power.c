/*
 * A module for ipmi_sim: the DCMI command "Get Power Reading" (DCMI 1.5, table 6-16), which it lacks. Its option
 * is a file that holds the watts as text.
 */
#include <stdio.h>
#include <sys/time.h>
#include <unistd.h>
#include <time.h>
#include <OpenIPMI/serv.h>
#include <OpenIPMI/mcserv.h>
#include <OpenIPMI/lanserv.h>

enum { DCMI = 0xdc, GET_POWER_READING = 0x02, COMPLETED = 0, ACTIVE = 0x40, PERIOD_MS = 1000 };

static char watts_file[1024];

static unsigned int read_watts(void)
{
    unsigned int watts = 0;
    FILE *file = fopen(watts_file, "r");

    if (file == NULL)
        return 0;
    if (fscanf(file, "%u", &watts) != 1)
        watts = 0;
    fclose(file);
    return watts;
}

/* Numbers travel with their lowest byte first. */
static unsigned char *append(unsigned char *to, unsigned long number, int bytes)
{
    while (bytes-- > 0) {
        *to++ = number & 0xff;
        number >>= 8;
    }
    return to;
}

static void answer(lmc_data_t *mc, msg_t *msg, unsigned char *reply, unsigned int *length, void *data)
{
    unsigned char *end = reply;
    unsigned int watts = read_watts();
    int statistic;

    (void)data;
    if (msg->cmd != GET_POWER_READING) {
        handle_invalid_cmd(mc, reply, length);
        return;
    }
    end = append(end, COMPLETED, 1);
    end = append(end, DCMI, 1);
    /* Now, lowest, highest, mean. */
    for (statistic = 0; statistic < 4; statistic++)
        end = append(end, watts, 2);
    end = append(end, (unsigned long)time(NULL), 4);
    end = append(end, PERIOD_MS, 4);
    end = append(end, ACTIVE, 1);
    *length = end - reply;
}

int ipmi_sim_module_print_version(sys_data_t *sys, const char *options)
{
    (void)sys;
    (void)options;
    return 0;
}

int ipmi_sim_module_init(sys_data_t *sys, const char *options)
{
    (void)sys;
    snprintf(watts_file, sizeof watts_file, "%s", options == NULL ? "" : options);
    ipmi_emu_register_group_extension_handler(DCMI, answer, NULL);
    return 0;
}
